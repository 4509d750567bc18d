"""mindspore.log: how much MindSpore logs. Here it says what the environment asks for; PyTorch logs by itself."""

from __future__ import annotations

import os

LEVEL = "GLOG_v"
NAMES = ("GLOG_v", "GLOG_logtostderr", "GLOG_log_dir", "logger_maxBytes", "logger_backupCount", "GLOG_stderrthreshold")
WARNING = "2"


def get_level() -> str:
    """mindspore.get_level: the level as text: "0" debug, "1" info, "2" warning, "3" error, "4" critical."""
    return os.environ.get(LEVEL, WARNING)


def get_log_config() -> dict[str, str]:
    """mindspore.get_log_config: what is set of the log's environment."""
    found = {name: os.environ[name] for name in NAMES if name in os.environ}
    return {LEVEL: get_level(), "GLOG_logtostderr": "1", **found}
