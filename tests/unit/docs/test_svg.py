import pytest

from waypost.docs.svg import NotAnImage, clean_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"'


@pytest.mark.parametrize(
    "svg",
    [
        pytest.param(f"{HEAD}><script>alert(1)</script></svg>", id="script"),
        pytest.param(f'{HEAD} onload="alert(1)"/>', id="handler"),
        pytest.param(f'{HEAD}><a href="javascript:alert(1)"><text>x</text></a></svg>', id="link"),
        pytest.param(f'{HEAD}><image xlink:href="https://alert.example/x"/></svg>', id="image from elsewhere"),
        pytest.param(f'{HEAD}><use href="https://alert.example/x#y"/></svg>', id="shape from elsewhere"),
        pytest.param(f"{HEAD}><foreignObject><p>alert</p></foreignObject></svg>", id="HTML inside"),
        pytest.param(f"{HEAD}><style>@import url(https://alert.example)</style></svg>", id="style sheet"),
        pytest.param(f'{HEAD}><rect style="fill:url(https://alert.example)"/></svg>', id="fill from elsewhere"),
        pytest.param(f'{HEAD}><animate attributeName="href" values="javascript:alert(1)"/></svg>', id="animation"),
        pytest.param(f'<?xml-stylesheet href="https://alert.example"?>{HEAD}/>', id="instruction"),
    ],
)
def test_image_neither_runs_nor_asks(svg):
    assert b"alert" not in clean_svg(svg.encode())


def test_shapes_stay():
    image = clean_svg(f'{HEAD}><g fill="url(#a)"><path d="M0 0h9"/><text>Hi</text></g></svg>'.encode())
    assert image.startswith(b"<svg")
    for part in (b'viewBox="0 0 9 9"', b'fill="url(#a)"', b'd="M0 0h9"', b"Hi"):
        assert part in image


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', id="entity"),
        pytest.param(b"<html/>", id="another document"),
        pytest.param(b"<svg", id="unfinished"),
        pytest.param("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>".encode("utf-16"), id="entity in another encoding"),
    ],
)
def test_what_is_no_plain_image_is_refused(data):
    with pytest.raises(NotAnImage):
        clean_svg(data)
