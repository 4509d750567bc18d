"""Files in and outside of repositories: first those that must not be written over."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compat.errors import UsageError
from compat.port.git import refuse_uncommitted, uncommitted

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
COMMITTED = ("clean.py", "changed.py", "staged.py", "deleted_in_index.py", "sub/clean.py", "sub/é *.py", "other.txt", "mode.py")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository"
    (folder / "sub").mkdir(parents=True)
    for name in COMMITTED:
        (folder / name).write_text("a = 1\n")
    (folder / ".gitignore").write_text("ignored.py\nbuild/\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    (folder / "build").mkdir()
    for name in ("changed.py", "staged.py", "other.txt", "new.py", "added.py", "ignored.py", "build/made.py", "sub/x.py"):
        (folder / name).write_text("b = 1\n")
    git(folder, "add", "staged.py", "added.py")
    git(folder, "rm", "-q", "--cached", "deleted_in_index.py")
    (tmp_path / "outside.py").write_text("a = 1\n")
    (folder / "link.py").symlink_to("clean.py")
    return folder


STATES = {
    "changed.py": "changed", "staged.py": "changed", "added.py": "changed", "deleted_in_index.py": "untracked", "new.py": "untracked",
    "ignored.py": "untracked", "build/made.py": "untracked", "sub/x.py": "untracked", "clean.py": "", "sub/clean.py": "", "sub/é *.py": "",
    "link.py": "", "../outside.py": "",
}  # fmt: skip


@pytest.mark.parametrize(("name", "state"), STATES.items())
def test_what_git_has_of_a_file(name: str, state: str, repository: Path) -> None:
    assert [one.state for one in uncommitted([repository / name])] == ([state] if state else [])


def test_all_at_once_in_their_order(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.setattr("compat.port.git.BATCH", 2)
    assert [(str(one.path), one.state) for one in uncommitted(map(Path, STATES))] == [
        (name, state) for name, state in STATES.items() if state
    ]
    with pytest.raises(UsageError, match=r"or say --force:\n  changed.py \(changed\)\n  new.py \(untracked\)$"):
        refuse_uncommitted(map(Path, ("clean.py", "changed.py", "new.py")))
    refuse_uncommitted([Path("clean.py")])


def test_a_repository_in_a_repository_is_asked_itself(repository: Path) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "a.py").write_text("a = 1\n")
    git(inner, "add", "a.py")
    git(inner, "commit", "-q", "-m", "first")
    (inner / "b.py").write_text("a = 1\n")
    assert [one.path.name for one in uncommitted([inner / "a.py", inner / "b.py"])] == ["b.py"]


def test_the_repository_of_a_hook_is_not_asked(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert [one.state for one in uncommitted([repository / "clean.py", repository / "new.py"])] == ["untracked"]


def test_what_git_cannot_read_is_refused(repository: Path) -> None:
    (repository / "sub" / ".git").mkdir()
    with pytest.raises(UsageError, match="git can't tell what is committed"):
        uncommitted([repository / "sub" / "clean.py"])
    (repository / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(UsageError, match="git can't tell what is committed"):
        uncommitted([repository / "clean.py"])


def test_without_git_all_may_be_written(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert uncommitted([repository / "new.py", repository / "changed.py"]) == []
