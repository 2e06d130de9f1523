"""The widgets in JupyterLab, all on one page: by mouse, by keyboard alone, at two widths, light and dark."""

import nbformat
import pytest

from tests.browser.accessibility import HIGH, THEMES, WIDTHS, keyboard_faults, serious_faults, show
from tests.browser.conftest import SCREENSHOTS
from tests.browser.running import run_all

NOTEBOOK = "notebooks/widgets.ipynb"
CELLS = (
    "import boto3\nfrom lab_env import Lab, options\nlab = Lab.start(chapter=6)\nec2 = boto3.client('ec2')",
    "lab.tracer()",
    "lab.topology()",
    "lab.board()",
    "lab.playground(request={'principal': 'arn:aws:iam::123456789012:role/R', 'action': 's3:GetObject'})",
)
TITLES = ("Packet tracer", "Topology", "Option board", "Policy playground")
S3 = "meridian-phi-training.s3.us-east-1.amazonaws.com"


@pytest.fixture(scope="module")
def page(browser, jupyterlab, course):
    """One page for all tests here: opening a kernel takes longer than any of them."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    context = browser.new_context(viewport={"width": 1280, "height": HIGH}, reduced_motion="reduce")
    opened = context.new_page()
    run_all(opened, jupyterlab, NOTEBOOK)
    opened.set_default_timeout(20_000)
    for title in TITLES:
        widget(opened, title).wait_for()
    SCREENSHOTS.mkdir(exist_ok=True)
    yield opened
    opened.screenshot(path=SCREENSHOTS / "widgets-last.png")
    context.close()


def widget(page, title):
    return page.locator(".pp-widget", has=page.get_by_role("heading", name=title))


def says(page, title, text):
    """Wait until the widget's status says so."""
    widget(page, title).locator("[role=status]", has_text=text).wait_for()


def shows(page, title, text):
    """Wait until the widget's picture says so in words."""
    widget(page, title).locator(f"img[alt*='{text}']").wait_for()


def execute(page, code):
    """Run code in the notebook's kernel, as a cell below the widgets would."""
    status = page.evaluate(
        """async code => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            return (await kernel.requestExecute({code}).done).content.status;
        }""",
        code,
    )
    assert status == "ok", code


def focused(page):
    """The label, or the text, of what has the focus."""
    return page.evaluate(
        "() => { const e = document.activeElement; return (e.labels?.[0] ?? e).innerText.trim(); }"
    )


def tab_to(page, text, key="Tab"):
    """Press the key until what has the focus says so."""
    for _ in range(40):
        if focused(page).startswith(text):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {text!r}; it stands at {focused(page)!r}")


def test_the_tracer_by_mouse(page):
    tracer = widget(page, "Packet tracer")
    tracer.get_by_role("heading", name="Hop 1 of 6").wait_for()
    for number in (2, 3, 4):
        tracer.get_by_role("button", name="Next").click()
        tracer.get_by_role("heading", name=f"Hop {number} of 6").wait_for()
    assert "pl-63a5400a (S3) → vpce-" in tracer.locator("dl").inner_text()
    shows(page, "Packet tracer", "The packet is at meridian-private.")
    tracer.get_by_role("button", name="Back").click()
    tracer.get_by_role("heading", name="Hop 3 of 6").wait_for()

    tracer.get_by_label("association with gateway endpoint").first.click()
    says(page, "Packet tracer", "What if: ✗ Dropped at route table")
    says(page, "Packet tracer", "As it stands: ✓ Reached through gateway endpoint")
    tracer.get_by_role("heading", name="Hop 4 of 4").wait_for()
    shows(page, "Packet tracer", "An octagon at meridian-private: ✗ no route")
    tracer.screenshot(path=SCREENSHOTS / "widget-tracer-what-if.png")
    tracer.get_by_role("button", name="As it stands").click()
    tracer.locator("[role=status]", has_text="What if").wait_for(state="detached")

    tracer.get_by_role("button", name="a host on the internet").click()
    says(page, "Packet tracer", "the far side sees 203.0.113.99")
    tracer.get_by_role("button", name="a host in meridian-private-a").click()
    says(page, "Packet tracer", "the far side sees 10.20.1.254")


def test_the_tracer_by_keyboard(page):
    tracer = widget(page, "Packet tracer")
    tracer.get_by_role("button", name="● a host in meridian-private-a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "Packet tracer", "the far side sees 10.20.2.254")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    says(page, "Packet tracer", "the far side sees 10.20.1.254")
    tab_to(page, "Hop")
    for number in (2, 3, 4, 5, 6):
        page.keyboard.press("ArrowUp")
        tracer.get_by_role("heading", name=f"Hop {number} of 6").wait_for()
    page.keyboard.press("ArrowDown")
    tracer.get_by_role("heading", name="Hop 5 of 6").wait_for()
    assert "gateway endpoint meridian-s3" in tracer.locator("[aria-current=step]").inner_text()
    tab_to(page, "Back")
    page.keyboard.press("Enter")
    tracer.get_by_role("heading", name="Hop 4 of 6").wait_for()
    assert focused(page) == "Back"
    tab_to(page, "network ACL")
    page.keyboard.press("Space")
    says(page, "Packet tracer", "What if: ✗ Dropped at network ACL")
    assert focused(page).startswith("network ACL")
    page.keyboard.press("Space")
    says(page, "Packet tracer", "✓ Reached")
    tab_to(page, "To", "Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("exfil.example")
    page.keyboard.press("Enter")
    says(page, "Packet tracer", "✗ Dropped at route table")


def test_what_cannot_be_asked_is_told(page):
    destination = widget(page, "Packet tracer").get_by_label("To", exact=True)
    destination.fill("")
    destination.press("Enter")
    says(page, "Packet tracer", "✗ there is no destination")
    destination.fill(S3)
    destination.press("Enter")
    says(page, "Packet tracer", "✓ Reached")


def test_topology_and_board_follow_each_call(page):
    says(page, "Option board", "the same as D)")
    says(page, "Topology", "Nothing changed.")
    execute(page, "options.internet_gateway(boto3.client)")
    says(page, "Topology", "0.0.0.0/0 → igw-")
    shows(page, "Topology", "Marked as new: meridian-igw.")
    says(page, "Option board", "like none of the options")
    widget(page, "Topology").screenshot(path=SCREENSHOTS / "widget-topology-marked.png")

    widget(page, "Topology").get_by_role("button", name="Remove the marks").focus()
    page.keyboard.press("Enter")
    says(page, "Topology", "Nothing changed.")
    assert "Marked" not in widget(page, "Topology").locator("img").get_attribute("alt")

    table = "RouteTableId=lab.names.private_route_table"
    execute(page, f"ec2.delete_route({table}, DestinationCidrBlock='0.0.0.0/0')")
    says(page, "Topology", "- rtb-")
    says(page, "Option board", "the same as D)")
    widget(page, "Topology").get_by_role("button", name="Remove the marks").click()
    says(page, "Topology", "Nothing changed.")


def test_the_board_opens_its_evidence_and_hides_columns(page):
    board = widget(page, "Option board")
    cell = board.get_by_role("row", name="NET-1").get_by_role("cell").first
    cell.locator("summary").click()
    cell.get_by_text("leads no public address out").wait_for()

    board.get_by_role("region").focus()
    page.keyboard.press("Tab")
    assert focused(page).startswith("✓ trains")
    page.keyboard.press("Enter")
    board.get_by_text("✓ Reached through gateway endpoint").first.wait_for()
    page.keyboard.press("Tab")
    assert focused(page).startswith("✗ fails")
    board.screenshot(path=SCREENSHOTS / "widget-board-open.png")

    head = board.get_by_role("columnheader", name="A) Internet gateway")
    tab_to(page, "A) Internet gateway", "Shift+Tab")
    page.keyboard.press("Space")
    head.wait_for(state="detached")
    board.get_by_label("A) Internet gateway").click()
    head.wait_for()


def test_the_playground_by_mouse_and_keyboard(page):
    playground = widget(page, "Policy playground")
    playground.get_by_label("Principal").click()
    page.keyboard.press("Tab")
    assert focused(page) == "Action"
    page.keyboard.press("Control+a")
    page.keyboard.type("s3:PutObject")
    says(page, "Policy playground", "s3:PutObject is denied")
    playground.get_by_role("button", name="Start again").click()
    says(page, "Policy playground", "s3:GetObject is denied")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_serious_fault_of_accessibility(page, theme, width):
    show(page, theme, width)
    for title in TITLES:
        picture = SCREENSHOTS / f"widget-{title.replace(' ', '-').lower()}-{theme}-{width}.png"
        widget(page, title).screenshot(path=picture)
    contrasts, faults = serious_faults(page, ".pp-widget")
    assert contrasts > 80
    assert faults == []


@pytest.fixture(scope="module")
def used(page):
    """The same page with a rule turned off, a changed network, evidence opened, and a fault in a policy."""
    tracer, playground = widget(page, "Packet tracer"), widget(page, "Policy playground")
    tracer.get_by_label("association with gateway endpoint").first.click()
    says(page, "Packet tracer", "What if: ✗")
    execute(page, "ec2.create_subnet(VpcId=lab.names.vpc, CidrBlock='10.20.99.0/24')")
    widget(page, "Topology").locator("[role=status]", has_not_text="Nothing changed.").wait_for()
    widget(page, "Option board").get_by_role("row", name="NET-1").locator("summary").first.click()
    playground.get_by_label("Identity-based policy").first.fill("{")
    playground.locator("li", has_text="not JSON").wait_for()
    return page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_serious_fault_while_it_is_used(used, theme, width):
    show(used, theme, width)
    for title in TITLES:
        picture = SCREENSHOTS / f"widget-{title.replace(' ', '-').lower()}-used-{theme}-{width}.png"
        widget(used, title).screenshot(path=picture)
    contrasts, faults = serious_faults(used, ".pp-widget")
    assert contrasts > 80
    assert faults == []


def test_tab_comes_to_every_control_in_order_and_is_seen_there(used):
    show(used, "light", "wide")
    for title in TITLES:
        many, faults = keyboard_faults(widget(used, title))
        assert many, title
        assert faults == [], title
