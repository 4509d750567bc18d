"""Special functions, Fourier transforms, windows and random distributions: PyTorch's values, gradients, streams and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient

OPERANDS = """
x = torch.tensor([[0.5, 0.1, 0.9], [0.3, 0.75, 0.2]])
y = torch.tensor([[0.0, 2.0, -1.0], [-3.0, 4.0, 2.5]])
i = torch.tensor([1, 2, 5])
c = torch.tensor([[1 + 2j, -3j, 0.5], [1j, 2.0, -1 + 1j]])
"""


@pytest.mark.parametrize("expression", [
    "torch.lgamma(y), torch.lgamma(i), torch.digamma(y), torch.polygamma(1, x), x.polygamma(2), torch.mvlgamma(x + 2, 3), torch.special.gammaln(x)",
    "torch.erfinv(x), torch.erfinv(torch.tensor([-1.0, 0.999999, 1.0, 2.0])), torch.sinc(y), torch.logit(x), torch.logit(y, 0.1), torch.special.expit(y)",
    "torch.logaddexp(x, y), torch.logaddexp2(x, y), torch.logaddexp(torch.tensor(-float('inf')), torch.tensor(-float('inf'))), torch.xlogy(y, x), torch.xlogy(0, y), torch.xlogy(i, 2)",
    "torch.i0(y), torch.special.i0e(y), torch.special.i1(y), torch.special.ndtri(x), torch.special.ndtr(y), torch.special.entr(y), torch.special.erfcx(y), torch.special.log_ndtr(y)",
    "torch.fft.fft(x), torch.fft.rfft(y, 4), torch.fft.irfft(c, 4), torch.fft.ifft(c, dim=0, norm='ortho'), torch.fft.fft2(x), torch.fft.rfftn(y), torch.fft.irfft2(c), torch.fft.hfft(c), torch.fft.ihfft(y).resolve_conj()",
    "torch.fft.fftshift(y), torch.fft.ifftshift(y, 1), torch.fft.fftfreq(5, 0.5), torch.fft.rfftfreq(4), torch.fft.fft(i)",
    "torch.hann_window(5), torch.hamming_window(6, False), torch.bartlett_window(5), torch.blackman_window(4), torch.kaiser_window(5, True, 6.0), torch.hann_window(1), torch.hann_window(0)",
    "torch.special.xlog1py(y, x), torch.special.zeta(y.abs() + 1.5, x), torch.igamma(x, y.abs()), torch.special.logsumexp(y, 1)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("expression", [
    "x.lgamma()", "x.digamma()", "torch.polygamma(1, x)", "torch.erfinv(x)", "torch.sinc(y * 0 + x)", "x.logit()", "torch.logit(x, 0.2)", "torch.logaddexp(x, y)",
    "torch.logaddexp2(y, x)", "torch.xlogy(y, x)", "torch.special.i0e(x)", "torch.special.ndtri(x)", "torch.special.log_ndtr(x)", "torch.fft.fft(x).abs()",
    "torch.view_as_real(torch.fft.rfft(x, 4))", "torch.fft.irfft(torch.complex(x, y), 5)", "torch.fft.irfft(x)", "torch.fft.rfft2(x).real", "torch.fft.ifft(x, dim=0).real",
    "torch.fft.hfft(torch.complex(x, y))", "torch.fft.irfftn(torch.complex(x, y), norm='ortho')", "torch.mvlgamma(x + 2, 2)",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("expression", [
    "torch.multinomial(x, 2), torch.multinomial(x[0], 6, replacement=True), torch.multinomial(x, 1), torch.rand(1)",
    "torch.empty(5).exponential_(), torch.empty(3, dtype=torch.float64).exponential_(2.0), torch.rand(1)",
    "torch.empty(5).geometric_(0.3), torch.empty(4).cauchy_(1.0, 2.0), torch.empty(4).log_normal_(), torch.rand(1)",
    "torch.randint_like(i, 10), torch.randint_like(x, 2, 9), torch.rand_like(x), torch.randn_like(x), torch.normal(x, 2.0), torch.normal(0.0, 1.0, (2, 2)), torch.bernoulli(x)",
    "torch.randint(5, (3,)), torch.randint(low=2, high=7, size=(2, 2)), torch.randperm(5), torch.rand(size=(2,)), torch.randn((2, 1), dtype=torch.float64)",
])  # fmt: skip
def test_streams(expression):
    check(f"{OPERANDS}_ = torch.manual_seed(3)\n{expression}")


@pytest.mark.parametrize("statement", [
    "torch.multinomial(x, 4)", "torch.multinomial(x, 0)", "torch.multinomial(i, 1)", "torch.multinomial(-x, 1)", "torch.empty(2).exponential_(0)", "torch.fft.rfft(c)",
    "torch.fft.fft(x, 0)", "torch.fft.fft(torch.tensor(1.0))", "torch.fft.fft(x, norm='other')", "torch.hann_window(-1)", "torch.polygamma(-1, x)", "torch.logaddexp(i, i)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


POLYNOMIALS = [
    *(f"{shifted}chebyshev_polynomial_{kind}" for shifted in ("", "shifted_") for kind in "tuvw"),
    "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p",
]  # fmt: skip


@pytest.mark.parametrize("name", POLYNOMIALS)
@pytest.mark.parametrize("operands", [
    "x, 3", "x, torch.arange(3)", "torch.tensor([-1.0, 0.0, 1.0, 1.5, -2.0])[:, None], torch.arange(-1, 12)", "0.3, torch.tensor([2.0, 9.7])",
    "torch.arange(3), 2", "x.double(), 12", "x.half(), 2", "torch.tensor(0.5), 4",
])  # fmt: skip
def test_polynomials(name: str, operands: str) -> None:
    check(f"{OPERANDS}torch.special.{name}({operands})", 1e-3, 1e-5)


BESSEL = "airy_ai modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0"


@pytest.mark.parametrize("name", BESSEL.split())
def test_bessel_functions(name: str) -> None:
    check(
        f"torch.special.{name}(torch.tensor([0.0, 0.1, -0.5, 2.0, 10.0, float('inf'), float('nan')])), torch.special.{name}(torch.arange(3))",
        1e-4,
        1e-5,
    )


SHORT_TIME = """
torch.stft(s, 8, return_complex=True)
torch.stft(s[0], 8, hop_length=3, win_length=6, window=torch.hann_window(6), return_complex=True)
torch.stft(s, 8, center=False, normalized=True, onesided=False, return_complex=True)
torch.stft(s, 8, return_complex=False)
torch.stft(torch.complex(s, s), 8)
torch.stft(s, 8)
torch.stft(s, 80, return_complex=True)
torch.stft(s, 8, win_length=9, return_complex=True)
torch.istft(torch.stft(s, 8, return_complex=True), 8)
torch.istft(torch.stft(s, 8, window=torch.hann_window(8), return_complex=True), 8, window=torch.hann_window(8), length=20)
torch.istft(torch.stft(s, 8, onesided=False, return_complex=True), 8, return_complex=True)
torch.istft(torch.stft(s[0], 9, 4, window=torch.hamming_window(9), return_complex=True), 9, 4, window=torch.hamming_window(9), length=24)
torch.istft(s, 8)
s.stft(8, return_complex=True).istft(8)
""".strip().split("\n")


@pytest.mark.parametrize("call", SHORT_TIME)
def test_short_time_transforms(call: str) -> None:
    check(f"torch.manual_seed(0); s = torch.randn(2, 24)\n{call}", 1e-4, 1e-5)


def test_gradient_of_short_time_transforms() -> None:
    check(
        """
torch.manual_seed(0); s = torch.randn(2, 24, requires_grad=True); w = torch.hann_window(8)
z = torch.stft(s, 8, window=w, return_complex=True); y = torch.istft(z * 0.5, 8, window=w)
(z.abs().sum() + (y * torch.arange(24.0)).sum()).backward()
s.grad
""",
        1e-4,
        1e-4,
    )
