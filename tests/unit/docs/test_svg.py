import tracemalloc

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
        pytest.param(f"{HEAD}><style>svg{{b:image-set('https://alert.example' 1x)}}</style></svg>", id="set of images"),
        pytest.param(f"{HEAD} style=\"b:-webkit-image-set('https://alert.example' 1x)\"/>", id="set in an attribute"),
        pytest.param(f"{HEAD} mask=\"IMAGE-SET('https://alert.example' 1x)\"/>", id="set as a mask"),
        pytest.param(f"{HEAD} style=\"b:cross-fade('//alert.example', red)\"/>", id="faded images"),
        pytest.param(f"{HEAD}><style>a{{b:src('https://alert.example')}}</style></svg>", id="source"),
        pytest.param(f"{HEAD}><style>a{{b:src<g>:rgb</g>('https://alert.example')}}</style></svg>", id="split style"),
        pytest.param(
            f"{HEAD}><style>a{{b:im\\61ge-set('https://alert.example' 1x)}}</style></svg>", id="escaped letter"
        ),
        pytest.param(f"{HEAD}><style>a{{b:ima/**/ge-set('https://alert.example' 1x)}}</style></svg>", id="comment"),
        pytest.param(f"{HEAD}><style>@\\69mport 'https://alert.example';</style></svg>", id="escaped rule"),
        pytest.param(f"{HEAD}><style>@namespace a 'https://alert.example';</style></svg>", id="namespace"),
        pytest.param(f"{HEAD}><style>@font-face{{src:local(alert)}}</style></svg>", id="font"),
        pytest.param(f"{HEAD}><style>a{{--b:'https://alert.example'}}</style></svg>", id="address in a variable"),
        pytest.param(f'{HEAD} xml:base="https://alert.example/"><use href="#a"/></svg>', id="base"),
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
    "part",
    [
        pytest.param(
            '<rect style="fill: light-dark(rgb(0, 0, 0), var(--ge-dark-color, #121212));'
            ' filter: drop-shadow(rgba(0, 0, 0, 0.25) 2px 3px 2px)" transform="rotate(45)scale(2)" />',
            id="diagrams.net",
        ),
        pytest.param('<line style="stroke:#181818;stroke-dasharray:5.0,5.0;" />', id="PlantUML"),
        pytest.param(
            "<text style=\"-inkscape-font-specification:'sans-serif, Normal';marker-end:url(#a);"
            'fill:#000 icc-color(a, 0)" transform="matrix(1,0,0,1,2,3)" />',
            id="Inkscape",
        ),
        pytest.param(
            "<style>#a .b:not(.c){fill:hsl(80, 100%, 96%);animation:dash 20s linear infinite}"
            '@keyframes dash{to{stroke-dashoffset:0}}@media (prefers-color-scheme: dark){g{fill:url("#b")}}</style>',
            id="Mermaid",
        ),
        pytest.param('<g id="a(b)" data-of="https://example.org/f(x)" content="&lt;a b=\'//c\'&gt;" />', id="words"),
    ],
)
def test_styles_of_drawing_programs_stay(part):
    assert part.encode() in clean_svg(f"{HEAD}>{part}</svg>".encode())


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        pytest.param("<g>" * 2_000 + "</g>" * 2_000, "more than 200 deep", id="deep"),
        pytest.param("<g>" * 400_000 + "</g>" * 400_000, "more than 200 deep", id="very deep"),
        pytest.param("<g/>" * 1_000_001, "more than 1,000,000 elements", id="many elements"),
        pytest.param("<g a='' b=''/>" * 400_000, "more than 1,000,000 elements", id="many attributes"),
    ],
)
def test_image_that_takes_far_more_than_its_size_is_refused(inside, words):
    with pytest.raises(NotAnImage, match=words):
        clean_svg(f"{HEAD}>{inside}</svg>".encode())


def test_elements_may_be_nested_as_drawings_are():
    assert clean_svg(f"{HEAD}>{'<g>' * 199}{'</g>' * 199}</svg>".encode()).count(b"<g") == 199


def test_default_of_an_attribute_is_not_put_into_every_element():
    default = f'<!DOCTYPE svg [<!ATTLIST g class CDATA "{"a" * 100_000}">]>'
    tracemalloc.start()
    with pytest.raises(NotAnImage, match="attributes"):
        clean_svg(f"{default}{HEAD}>{'<g/>' * 1_000}</svg>".encode())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_what_is_removed_takes_as_long_as_what_stays():
    # Minutes, when each is looked for among those before it.
    image = clean_svg(f"{HEAD}>{'<g/><x/>' * 200_000}</svg>".encode())
    assert image.count(b"<g") == 200_000
    assert b"<x" not in image


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
