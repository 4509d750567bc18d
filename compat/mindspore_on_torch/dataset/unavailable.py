"""Names of mindspore.dataset that have no implementation here: they raise UnsupportedAPI when they are called."""

# ruff: noqa: F822 - `__getattr__` makes the names

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refusing

__all__ = [
    "AGNewsDataset", "AmazonReviewDataset", "CLUEDataset", "CMUArcticDataset", "Caltech101Dataset", "Caltech256Dataset",
    "CelebADataset", "CityscapesDataset", "CoNLL2000Dataset", "CocoDataset", "DBpediaDataset", "DIV2KDataset", "DSCallback",
    "DatasetCache", "EMnistDataset", "EnWik9Dataset", "FlickrDataset", "Flowers102Dataset", "Food101Dataset", "GTZANDataset",
    "IMDBDataset", "IWSLT2016Dataset", "IWSLT2017Dataset", "KITTIDataset", "LFWDataset", "LJSpeechDataset", "LSUNDataset",
    "LibriTTSDataset", "ManifestDataset", "MindDataset", "Multi30kDataset", "OBSMindDataset", "OmniglotDataset", "PennTreebankDataset",
    "PhotoTourDataset", "Places365Dataset", "QMnistDataset", "RenderedSST2Dataset", "SBDataset", "SBUDataset", "SQuADDataset",
    "SST2Dataset", "STL10Dataset", "SUN397Dataset", "SVHNDataset", "SemeionDataset", "SogouNewsDataset", "SpeechCommandsDataset",
    "TFRecordDataset", "TedliumDataset", "UDPOSDataset", "USPSDataset", "VOCDataset", "WIDERFaceDataset", "WaitedDSCallback",
    "WikiTextDataset", "YahooAnswersDataset", "YelpReviewDataset", "YesNoDataset", "compare", "deserialize", "serialize", "show",
    "sync_wait_for_dataset",
]  # fmt: skip

__getattr__ = refusing(__name__, __all__, "mindspore.dataset")
