import pytest

from waypost.golden.paths import Refused
from waypost.golden.sources import below, local_path, single_file, within
from waypost.golden.tree import File, Folder

FILE = File(b"x")
TREE = {"templates/a/template.yaml": FILE, "templates/a/skeleton/x": FILE, "shared/y": FILE, "empty": Folder()}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("./skeleton", "templates/a/skeleton", id="beside the template"),
        pytest.param("skeleton/", "templates/a/skeleton", id="without a dot"),
        pytest.param("../../shared", "shared", id="elsewhere in the repository"),
        pytest.param("/shared", "shared", id="from the root"),
        pytest.param(".", "templates/a", id="the folder itself"),
        pytest.param("../..", "", id="the whole repository"),
    ],
)
def test_relative_url_leads_to_a_path_in_the_repository(url, expected):
    assert local_path("templates/a", url) == expected


@pytest.mark.parametrize("url", ["../../..", "../../../etc", "/../x", "skeleton/.git", "a\\b", "a\0b"])
def test_url_that_leaves_the_repository_is_refused(url):
    with pytest.raises(Refused):
        local_path("templates/a", url)


def test_source_returns_what_is_below():
    source = within(TREE, "templates/a")
    assert source("./skeleton") == {"x": FILE}
    assert source("../../shared") == {"y": FILE}
    assert source("template.yaml") == {"template.yaml": FILE}


def test_url_on_another_host_is_nothing_that_can_be_had_here():
    assert within(TREE, "templates/a")("https://github.com/acme/x") is None


def test_folder_that_is_not_there_is_refused_and_an_empty_one_is_empty():
    with pytest.raises(Refused, match="is not in the repository of the template"):
        below(TREE, "gone")
    assert below(TREE, "empty") == {}
    assert below({}, "") == {}


def test_single_file_is_no_folder():
    assert single_file({"y": FILE}, "shared/y") == FILE
    for tree, url in (({"y": FILE}, "shared"), ({"y": FILE, "z": FILE}, "y"), ({}, "y")):
        with pytest.raises(Refused):
            single_file(tree, url)
