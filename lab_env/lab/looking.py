"""Looking at what stands and at what happened: traces, reasons, pictures, audits, bills."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab_env import scenario
from lab_env.dataplane.places import PlacedSession, in_data_centre
from lab_env.errors import InvalidInput
from lab_env.lab.places import Places
from lab_env.network import Flow, InterfaceSource

if TYPE_CHECKING:
    from lab_env.compliance.model import TrainingSite
    from lab_env.compliance.report import Report
    from lab_env.network import Network, Source
    from lab_env.snapshot.asking import Describe
    from lab_env.snapshot.template import Template
    from lab_env.views.comparison import Comparison
    from lab_env.views.cost_explorer import CostExplorer
    from lab_env.views.diff import DiffView
    from lab_env.views.explanation import Explanation
    from lab_env.views.option_board import OptionBoard
    from lab_env.views.playground import Playground
    from lab_env.views.table import Table
    from lab_env.views.topology import Picture
    from lab_env.views.trace_view import TraceView

# Names a learner may use for ``to=`` instead of a host.
DESTINATIONS = {
    "s3": f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com",
    "internet": "internet.example",
}


class Looking(Places):
    """The verbs that show something and change nothing."""

    def trace(
        self,
        *,
        job: str | None = None,
        subnet: str | None = None,
        session: PlacedSession | None = None,
        on_premises: bool = False,
        to: str = "s3",
        port: int = 443,
    ) -> TraceView:
        """The way from a job, a subnet or a session to a destination, hop by hop, as the network stands now.

        Args:
            job: name of a training job (its container's interface, or where that stood).
            subnet: id of a subnet: from a host there with the training group, which exists only in the question.
            session: a session from `session_in`, `session_on_instance` or `session_on_premises`.
            on_premises: from a host in the data centre.
            to: ``"s3"``, ``"internet"``, a host name or an address.
            port: TCP port.

        Raises:
            InvalidInput: unless exactly one of ``job``, ``subnet``, ``session`` and ``on_premises`` is given.
        """
        from lab_env.network import trace
        from lab_env.views.trace_view import TraceView

        network, source = self._source(job=job, subnet=subnet, session=session, on_premises=on_premises)
        found = trace(network, Flow(source, DESTINATIONS.get(to, to), "tcp", port))
        self._last_trace, self._traced_in = found, network
        return TraceView(found, network)

    def _source(
        self, *, job: str | None, subnet: str | None, session: PlacedSession | None, on_premises: bool
    ) -> tuple[Network, Source]:
        """Where a trace starts, and the network with what stands there only for the question."""
        if [job, subnet, session, on_premises or None].count(None) != 3:
            wanted = "Give one of job=, subnet=, session= and on_premises=True."
            raise InvalidInput("a trace starts at one place.", do=wanted)
        network = self.network
        if job is not None:
            place = self._training.job(job).network
            for interface in place.interfaces:
                network = network.with_interface(interface)
            return network, place.place(job, 0).source
        if subnet is not None:
            network, host = self._state().with_host(subnet)
            return network, InterfaceSource(host.id)
        if session is not None:
            return network, session.place.source
        source = in_data_centre(self.on_premises()).source
        return self.network, source

    def explain(self, error: Exception) -> Explanation:
        """Why a call failed: what the client saw, and the hop, or the policy, that decided."""
        from lab_env.dataplane.failures import trace_of
        from lab_env.views.explanation import Explanation

        found, decision = trace_of(error), None
        attempt = self._plane.explaining(error) if found is None else None
        if attempt is not None:
            found, decision = attempt.trace, attempt.decision
        if found is not None:
            self._last_trace, self._traced_in = found, self.network
        return Explanation(error, found, self.network, decision)

    def playground(self, start: object = None, **given: Any) -> Playground:
        """A form in which a request and its policies are edited; the decision with its reasons follows at once.

        Args:
            start: begin with what was really decided: an error that a call raised, its explanation, or a decision; by
                default the last refusal.
            given: or with ``request={"principal": …, "action": …, "resource": …, "context": …}`` and the documents
                ``identity``, ``boundary``, ``session``, ``endpoint`` and ``resource``.

        Raises:
            InvalidInput: no policy decided what ``start`` tells of, or the request is none.
        """
        from lab_env.views.playground import begin

        self._check_open()
        return begin(self._plane, start, **given)

    def diagram(self, *, trace: bool = True) -> Picture:
        """The architecture as it stands now, with the last trace drawn over it.

        Args:
            trace: whether to draw the last trace.
        """
        from lab_env.views.topology import diagram

        network = self.network
        if not trace or self._last_trace is None:
            return diagram(network)
        return diagram(self._traced_in or network, self._last_trace)

    def diff(self) -> DiffView:
        """What changed in the network since the last ``lab.diff()`` (at first: since the chapter began)."""
        from lab_env.views.diff import network_diff

        before, self._seen = self._seen, self.network
        return network_diff(before, self._seen)

    def audit(self, *prefixes: str, framework: str = "") -> Report:
        """The compliance controls, judged on the state as it stands now.

        Args:
            prefixes: what the ids of the controls to be asked begin with (``"NET"``, ``"IAM-2"``); without any, all.
            framework: a law (``"HIPAA"``): only the controls that serve it, under its requirements.
        """
        from lab_env.scenario.audited import audit_firm

        return audit_firm(self._api, self.network, self._sites(), prefixes, framework)

    def export_cloudformation(self) -> Template:
        """A CloudFormation template that makes what stands now: the firm's network, buckets, key, roles and logs.

        Raises:
            NotModelled: something stands there that no template is written of.
        """
        from lab_env.scenario.exported import firm_template

        return firm_template(self._api, self.network)

    def export_snapshot(self, folder: str | Path) -> int:
        """Write what the account answers now into a folder, each answer as the AWS CLI prints it.

        Args:
            folder: where to; made when absent.

        Returns:
            How many files stand there.
        """
        from lab_env.snapshot.service_export import write_account

        write_account(self._api, scenario.ACCOUNT, self.network, folder)
        return sum(1 for _ in Path(folder).rglob("*.json"))

    def costs(self, gigabytes: int = 1000, *, subnet: str | None = None) -> Table:
        """What a month costs of what stands now, when jobs read that much by the way that stands.

        Args:
            gigabytes: training data read in the month, in GB.
            subnet: id of the subnet that reads; by default subnet A.
        """
        from lab_env.costs import HOURS, Usage, month
        from lab_env.network import trace
        from lab_env.views.bill import bill_table

        network, way = self.network, None
        if reader := subnet or self.names.find("subnet_a"):
            placed, host = self._state().with_host(reader)
            way = trace(placed, Flow(InterfaceSource(host.id), DESTINATIONS["s3"]))
        listed = self._cloud.describe("kms", "ListKeys")["Keys"]
        keys = sum(self._plane.services().keys[key["KeyArn"]].customer_managed for key in listed)
        addresses = self._cloud.describe("ec2", "DescribeAddresses")["Addresses"]
        idle = sum("AssociationId" not in address for address in addresses)
        bill = month(network, way, Usage(gigabytes, keys=keys, idle_addresses=idle))
        return bill_table(bill, f"A month: {HOURS} hours, {gigabytes:,} GB of training data read")

    def options(self) -> OptionBoard:
        """The question's options side by side, each built, traced, judged and priced in a cloud of its own."""
        from lab_env.views.option_board import option_board

        self._check_open()
        return option_board()

    def _api(self, service: str, region: str) -> Describe:
        return partial(self._cloud.describe, service, region=region)

    def compare(self, gigabytes: int = 1000) -> Comparison:
        """The options in one table: built, traced, probed, judged by every control and priced, each in its own cloud.

        Args:
            gigabytes: training data that jobs read in the month, in GB.
        """
        from lab_env.views.comparison import compare

        self._check_open()
        return compare(gigabytes)

    def cost_explorer(self, gigabytes: int = 1000, hours: int = 730, zones: int = 2) -> CostExplorer:
        """What a month costs by each way to S3, over its gigabytes: sliders, where lines cross, the bills behind.

        Args:
            gigabytes: training data read in the month, in GB.
            hours: how long what stands has stood.
            zones: in how many Availability Zones it stands.

        Raises:
            InvalidInput: a number beyond what the sliders reach.
        """
        from lab_env.views.cost_explorer import explore

        self._check_open()
        return explore(gigabytes, hours, zones)

    def _sites(self) -> list[TrainingSite]:
        """Where jobs have run or were meant to: before the first one, subnet A with the training group."""
        from lab_env.compliance.model import TrainingSite

        subnet, group = self.names.find("subnet_a"), self.names.find("training_security_group")
        placed = {(subnet, (group,)): None} if subnet and group else {}
        for config in self._training.vpc_configs():
            placed |= {(name, tuple(config["SecurityGroupIds"])): None for name in config["Subnets"]}
        there = self.network.subnet
        return [TrainingSite(name, groups) for name, groups in placed if name in there]
