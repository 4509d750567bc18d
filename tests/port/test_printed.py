"""What two runs printed: first the differences that must show, then what must not cause an alarm."""

from __future__ import annotations

import pytest

from compat.port.verifying.printed import Tolerance, compared

DIFFERS = {
    "a number": ("loss 0.5012", "loss 0.5044", "0.5012 became 0.5044"),
    "beyond the last digit": ("loss 0.51", "loss 0.53", "0.51 became 0.53"),
    "the first digit of many": ("1.2345e-05", "9.2345e-05", "1.2345e-05 became 9.2345e-05"),
    "a sign": ("x -0.5", "x 0.5", "-0.5 became 0.5"),
    "a count": ("parameters 1000000", "parameters 1000001", "1000000 became 1000001"),
    "a count among others": ("shape (2, 3)", "shape (3, 2)", "2 became 3"),
    "nan": ("loss nan", "loss 0.5", "nan became 0.5"),
    "a number that becomes nan": ("loss 0.5", "loss nan", "0.5 became nan"),
    "infinity": ("loss inf", "loss -inf", "inf became -inf"),
    "a percentage": ("acc 86.1%", "acc 86.9%", "86.1 became 86.9"),
    "a word": ("train 0.5", "test 0.5", "the text differs"),
    "a dtype": ("torch.float32", "torch.float64", "the text differs"),
    "a name with a digit": ("conv1.weight 0.5", "conv2.weight 0.5", "the text differs"),
    "a release": ("2.13.0", "2.13.1", "the text differs"),
    "a short number in base 16": ("0x1f", "0x2f", "the text differs"),
    "a number more": ("[1, 2]", "[1, 2, 3]", "the text differs"),
    "a line less": ("a\nb", "a", "the output after porting ends here"),
    "a line more": ("a", "a\nb", "the output before porting ends here"),
    "what stands before min": ("mean 0.5 min 0.1", "mean 0.7 min 0.1", "0.5 became 0.7"),
    "what stands before s =": ("t 0.5 s = 0.1", "t 0.7 s = 0.1", "0.5 became 0.7"),
    "beta, which is no ETA": ("beta: 0.9", "beta: 0.8", "0.9 became 0.8"),
    "an exact number of NumPy": ("[1. 2.]", "[1. 3.]", "2. became 3."),
    "beside a time": ("1.2 s loss 0.5", "1.3 s loss 0.7", "0.5 became 0.7"),
    "a file below the folder": ("/src/a/epoch_3.pt", "/dst/a/epoch_4.pt", "the text differs"),
    "an imaginary part": ("(0.5+0.25j)", "(0.5-0.25j)", "the text differs"),
    "the steps of a fraction": ("step 3/10", "step 4/10", "3 became 4"),
}


@pytest.mark.parametrize(("before", "after", "reason"), DIFFERS.values(), ids=DIFFERS)
def test_a_difference_shows(before: str, after: str, reason: str) -> None:
    found = compared(before.splitlines(), after.splitlines(), Tolerance(), ("/src", "/dst"))
    assert not found.agrees
    assert found.first is not None
    assert found.first.reason == reason


# How many numbers are compared.
AGREES = {
    "nothing": ("", "", 0),
    "the last digit, by rounding": ("loss 0.51", "loss 0.52", 1),
    "within the tolerance": ("loss 2.301234", "loss 2.302999", 1),
    "numbers near to 0": ("1.3e-09", "-4.0e-08", 1),
    "nan and infinity": ("nan inf -inf NaN", "nan inf -inf nan".replace("nan", "nan", 1).replace(" nan", " NaN"), 4),
    "more digits than before": ("loss  9.9999", "loss 10.0000", 1),
    "an integer and a float": ("x 1", "x 1.0", 1),
    "exponents": ("lr 1e-3 1E+2 .5", "lr 1e-3 1E+2 .5", 3),
    "brackets and commas": ("tensor([0.1000,-0.2000])", "tensor([ 0.1000, -0.2001])", 2),
    "seconds": ("epoch 1 loss 0.5 (0.32 s)", "epoch 1 loss 0.5 (1.75 s)", 2),
    "attached units": ("3.2s: 12ms 5us 1h 3min 2m", "4.1s: 9ms 7us 2h 4min 1m", 0),
    "rates": ("12.3 it/s 450 samples/sec 3 GB/s 1.2 s/it", "1.3 it/s 45 samples/sec 1 GB/s 2.2 s/it", 0),
    "labelled times": ("time: 3.2 epoch_time=4, Elapsed 7 took 3", "time: 1.2 epoch_time=9, Elapsed 2 took 5", 0),
    "clocks": ("0:00:03.21 10:15 1 day, 2:03:04 x", "0:01:13.11 11:45 3 days, 5:03:04 x", 0),
    "dates": ("2026-11-29 13:47:52,123 2026/11/29 2026-11-29T13:47:52Z", "2026-12-01 03:07:12,001 2026/12/01 2026-12-01T00:00:00Z", 0),
    "dates in words": (
        "Sun Nov 29 13:47:52 2026 Nov29_13-47-52 20261129-134752",
        "Tue Dec  1 03:07:12 2026 Dec01_03-07-12 20261201-030712",
        0,
    ),
    "an address": ("<Net object at 0x7f9034719410>", "<Net object at 0x55d0c1a2b3c4>", 0),
    "memory": ("peak 120.5 MB 3 GiB", "peak 400.1 MB 1 GiB", 0),
    "the folders of the two": ("loaded /src/data/a.bin 3", "loaded /dst/data/a.bin 3", 1),
    "other paths": ("wrote /tmp/tmpx81/3.pt and ~/runs/7/a", "wrote /tmp/tmpq/44.pt and ~/runs/9/a", 0),
    "a progress bar": ("  0%| 0/2 3\r 50%| 1/2 5\r100%| 2/2 loss 0.5", "100%| 2/2 loss 0.5", 4),
    "colours and Windows": ("\x1b[32mloss 0.5\x1b[0m\r", "loss 0.5", 1),
    "empty lines and a log": ("a 1\n\n\nb 2", "[WARNING] ME(123:456,MainProcess):2026 x\na 1\nb 2", 2),
    "imaginary parts": ("(0.50000+0.25000j)", "(0.50001+0.25001j)", 2),
}


@pytest.mark.parametrize(("before", "after", "numbers"), AGREES.values(), ids=AGREES)
def test_what_is_no_difference(before: str, after: str, numbers: int) -> None:
    found = compared(before.split("\n"), after.split("\n"), Tolerance(), ("/src", "/dst"))
    assert (found.first, found.numbers) == (None, numbers)


def test_the_tolerance_and_what_agreed_are_said() -> None:
    before, after = ["a 1.000000", "b 2.0000", "c 3.0"], ["a 1.000500", "b 2.0004", "c 3.9"]
    found = compared(before, after, Tolerance())
    assert (found.lines, found.numbers, round(found.absolute, 6), round(found.relative, 6)) == (2, 2, 0.0005, 0.0005)
    assert found.first is not None
    assert (found.first.before, found.first.after) == ((3, "c 3.0"), (3, "c 3.9"))
    assert not compared(["1.00000"], ["1.00003"], Tolerance(0.0, 0.0)).agrees
    assert compared(["1.00000"], ["1.00003"], Tolerance(0.0, 1e-4)).agrees
    assert compared(["1.5"], ["1.9"], Tolerance(0.3, 0.0)).agrees
