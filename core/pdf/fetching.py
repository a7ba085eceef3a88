"""What a document may load: the images handed over with it, by name. Nothing else, from nowhere (SEC-27)."""

from collections.abc import Mapping

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

SCHEME = "image:"
MAX_IMAGE = 5 * 1024 * 1024  # bytes, as for every uploaded image (SEC-24)
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class ForbiddenResource(FatalURLFetchingError):
    """A document asked for something that was not handed over with it; the rendering stops."""


class HandedOverOnly(URLFetcher):
    """Serves `image:NAME` from the images of one document: PNG or JPEG by their first bytes.

    `refused` keeps what was asked for in vain: WeasyPrint goes on drawing when an SVG asks.
    """

    def __init__(self, images: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._images = images
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        image = self._images.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        if image is None:
            self.refused.append(url)
            raise ForbiddenResource(f"文书不得引用外部资源：{url[:200]}")
        return URLFetcherResponse(url, image, {"Content-Type": _image_type(image)})


def _image_type(image: bytes) -> str:
    kind = next((kind for signature, kind in SIGNATURES.items() if image.startswith(signature)), None)
    if kind is None or len(image) > MAX_IMAGE:
        raise ForbiddenResource("图片只能是不超过 5 MB 的 PNG 或 JPEG")
    return kind
