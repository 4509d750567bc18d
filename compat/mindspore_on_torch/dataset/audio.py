"""mindspore.dataset.audio, of which nothing has an implementation here: they raise UnsupportedAPI when they are called."""

# ruff: noqa: F822 - `__getattr__` makes the names

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refusing

__all__ = [
    "AllpassBiquad", "AmplitudeToDB", "Angle", "BandBiquad", "BandpassBiquad", "BandrejectBiquad", "BassBiquad", "Biquad", "BorderType",
    "ComplexNorm", "ComputeDeltas", "Contrast", "DBToAmplitude", "DCShift", "DeemphBiquad", "DensityFunction", "DetectPitchFrequency",
    "Dither", "EqualizerBiquad", "Fade", "FadeShape", "Filtfilt", "Flanger", "FrequencyMasking", "Gain", "GainType", "GriffinLim",
    "HighpassBiquad", "Interpolation", "InverseMelScale", "InverseSpectrogram", "LFCC", "LFilter", "LowpassBiquad", "MFCC", "Magphase",
    "MaskAlongAxis", "MaskAlongAxisIID", "MelScale", "MelSpectrogram", "MelType", "Modulation", "MuLawDecoding", "MuLawEncoding",
    "NormMode", "NormType", "Overdrive", "PhaseVocoder", "Phaser", "PitchShift", "Resample", "ResampleMethod", "RiaaBiquad",
    "ScaleType", "SlidingWindowCmn", "SpectralCentroid", "Spectrogram", "TimeMasking", "TimeStretch", "TrebleBiquad", "Vad", "Vol",
    "WindowType", "create_dct", "linear_fbanks", "melscale_fbanks",
]  # fmt: skip

__getattr__ = refusing(__name__, __all__, "mindspore.dataset.audio")
