"""`Lab`: the one object a learner opens. Verbs only; the ids are in ``lab.names``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import boto3

from lab_env import scenario
from lab_env.cloud.iam_simulate import answer_simulations
from lab_env.cloud.lab_time import keep_lab_time
from lab_env.cloud.mock import MockCloud
from lab_env.dataplane.places import INTERNET, OPERATOR, Keys, PlacedSession, announcing, in_data_centre
from lab_env.dataplane.seam import DataPlane
from lab_env.dataplane.sessions import Sessions
from lab_env.errors import InvalidInput, LabNotStarted
from lab_env.names import Names
from lab_env.network import Flow, InterfaceSource, Network
from lab_env.training.jobs import TrainingService

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab_env.cloud.call import ApiCall
    from lab_env.compliance.model import TrainingSite
    from lab_env.compliance.report import Report
    from lab_env.course import CheckResult, State
    from lab_env.dataplane.ledger import Ledger
    from lab_env.dataplane.sink import Sink
    from lab_env.evidence.delivery import Delivery
    from lab_env.network import Trace
    from lab_env.network.model import OnPremises
    from lab_env.snapshot.asking import Describe
    from lab_env.views.deliveries import Deliveries
    from lab_env.views.diff import DiffView
    from lab_env.views.explanation import Explanation
    from lab_env.views.option_board import OptionBoard
    from lab_env.views.playground import Playground
    from lab_env.views.progress import JobProgress
    from lab_env.views.table import Table
    from lab_env.views.topology import Picture
    from lab_env.views.trace_view import TraceView

# Names a learner may use for ``to=`` instead of a host.
DESTINATIONS = {
    "s3": f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com",
    "internet": "internet.example",
}
ADMINISTRATOR = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
OPERATOR_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},'
    '"Action":"sts:AssumeRole"}]}'
)
QUIET_SECONDS = 60.0


class Lab:
    """A mocked AWS account in which packets move. Open one with `Lab.start`; opening another closes the first.

    After it, plain ``boto3.client(...)`` calls are the operator's: role ``MeridianAdmin``, somewhere on the internet.
    """

    _open: ClassVar[Lab | None] = None

    def __init__(self, cloud: MockCloud, chapter: int | None, seed: int) -> None:
        self._cloud, self._chapter, self._seed = cloud, chapter, seed
        self._plane = DataPlane(cloud)
        self._sessions = Sessions(cloud, self._plane)
        self._training = TrainingService(cloud, self._plane)
        self.names = Names(partial(cloud.describe, "ec2"), partial(cloud.describe, "kms"))
        self._last_trace: Trace | None = None
        self._delivery: Delivery | None = None
        self._traced_in: Network | None = None
        self._seen = Network(region=cloud.region)

    @classmethod
    def start(cls, chapter: int | None = None, *, seed: int = 0) -> Lab:
        """Open the lab, with what the chapters before this one have built.

        Args:
            chapter: the chapter to begin; the steps of the chapters it builds on are replayed as their own boto3
                calls. ``None`` or a chapter that builds on none: an empty account.
            seed: the same seed gives the same ids.

        Raises:
            InvalidInput: when there is no such chapter (yet).
        """
        if chapter is not None and chapter not in scenario.CHAPTERS:
            there = ", ".join(f"{number:02d}" for number in scenario.CHAPTERS)
            raise InvalidInput(f"there is no chapter {chapter!r} yet.", do=f"There are {there}.")
        if Lab._open is not None:
            Lab._open.stop()
        lab = cls(MockCloud.start(seed), chapter, seed)
        Lab._open = lab
        lab._sign_in()
        lab._sessions.settle_attacker()
        lab._plane.connect()
        lab._cloud.intercept("cloudtrail", "LookupEvents", lab._look_up)
        answer_simulations(lab._cloud)
        for step in scenario.history(chapter) if chapter is not None else []:
            scenario.STEPS[step](boto3.client)
        lab._seen = lab.network
        return lab

    def restart(self) -> Lab:
        """The lab as it was when this chapter began: everything built since is gone."""
        return Lab.start(self._chapter, seed=self._seed)

    def stop(self) -> None:
        """Close the lab: running jobs end, and boto3 is as it was before."""
        if Lab._open is not self:
            return
        Lab._open = None
        self._training.close()
        self._cloud.stop()

    @property
    def ledger(self) -> Ledger:
        """Every call that was attempted since the lab was opened."""
        return self._plane.ledger

    def _look_up(self, params: Mapping[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        from lab_env.evidence.lookup import EventHistory

        return EventHistory(self._cloud, self.ledger).lookup(params, call, region)

    def let_time_pass(self, minutes: int = 15) -> Deliveries:
        """Let time pass, so that AWS delivers the logs that were asked for: trails, flow logs, access logs.

        Args:
            minutes: how long; on AWS a trail takes about five, flow logs up to ten, access logs longer.
        """
        from lab_env.evidence.delivery import Delivery
        from lab_env.views.deliveries import Deliveries

        self._check_open()
        self._cloud.clock.advance(minutes)
        if self._delivery is None:
            self._delivery = Delivery(self._cloud, self.ledger, self._plane.services)
        return Deliveries(self._delivery.deliver())

    @property
    def sink(self) -> Sink:
        """What hosts outside AWS received from training jobs: what would have been stolen."""
        return self._training.sink

    @property
    def network(self) -> Network:
        """The network as the describe calls give it now."""
        self._check_open()
        return self._plane.network()

    @property
    def job(self) -> dict[str, Any]:
        """The training job's request as chapter 01 builds it, with the ids that stand now."""
        return scenario.training_job(
            "meridian-readmission", [self.names.subnet_a], [self.names.training_security_group]
        )

    def session_in(
        self,
        subnet: str,
        *,
        role: str | None = None,
        keys: Keys | None = None,
        security_groups: list[str] | None = None,
    ) -> PlacedSession:
        """A ``boto3.Session`` whose calls come from a new network interface in a subnet.

        Args:
            subnet: the subnet's id.
            role: name of the role whose keys it uses.
            keys: in place of a role, anybody's keys (``lab.attacker.keys``).
            security_groups: ids; by default the VPC's default group, as EC2 does.

        Returns:
            A session to be used with ``with``, or closed: its interface goes then.
        """
        self._check_open()
        return self._sessions.in_subnet(subnet, self._sessions.keys(role, keys), security_groups)

    def session_on_instance(
        self, instance: str, *, role: str | None = None, keys: Keys | None = None
    ) -> PlacedSession:
        """A ``boto3.Session`` whose calls come from an EC2 instance's first network interface.

        Args:
            instance: the instance's id.
            role: name of the role whose keys it uses.
            keys: in place of a role, anybody's keys.
        """
        self._check_open()
        return self._sessions.on_instance(instance, self._sessions.keys(role, keys))

    def session_on_internet(self, keys: Keys | None = None, *, role: str | None = None) -> PlacedSession:
        """A ``boto3.Session`` of somebody elsewhere on the internet, with these keys or a role's."""
        self._check_open()
        return self._sessions.at(INTERNET, self._sessions.keys(role, keys))

    def session_on_premises(self, role: str | None = None, *, keys: Keys | None = None) -> PlacedSession:
        """A ``boto3.Session`` whose calls come from a host in the firm's data centre, as a role or with any keys."""
        return self._sessions.at(in_data_centre(self.on_premises()), self._sessions.keys(role, keys))

    @property
    def attacker(self) -> PlacedSession:
        """A session of the attacker, on the internet: account 999988887777, with the bucket totally-legit-backups."""
        self._check_open()
        return self._sessions.at(INTERNET, self._sessions.attacker_keys)

    def root(self) -> PlacedSession:
        """A session of the firm's root user, at the operator's machine: for what nobody else can mend."""
        self._check_open()
        return self._sessions.at(OPERATOR, self._sessions.root_keys)

    def on_premises(
        self, *, prefixes: Iterable[str] | None = None, internet_exit: bool | None = None
    ) -> OnPremises:
        """The firm's data centre, at the far end of Direct Connect; what is given changes, what is not stays.

        What it announces is its own routers' doing (BGP): AWS has no call for it.

        Args:
            prefixes: CIDR blocks that it announces over a private virtual interface; ``0.0.0.0/0`` to carry anything.
            internet_exit: whether it lets others out to the internet.

        Raises:
            InvalidInput: a prefix is no CIDR block.
        """
        self._check_open()
        known = self._cloud.on_premises
        site = known[0] if known else scenario.ON_PREMISES
        if prefixes is not None:
            site = announcing(site, prefixes)
        if internet_exit is not None:
            site = replace(site, internet_exit=internet_exit)
        if known != (site,):
            self._cloud.announce(site)
            self._plane.forget()
        return site

    def keys(self, role: str) -> Keys:
        """Temporary keys of a role, as whoever its trust policy names would be given them.

        Raises:
            ClientError: ``NoSuchEntity`` when there is no such role.
        """
        return self._sessions.role_keys(role)

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
        from lab_env.views.trace_view import TraceView

        if [job, subnet, session, on_premises or None].count(None) != 3:
            wanted = "Give one of job=, subnet=, session= and on_premises=True."
            raise InvalidInput("a trace starts at one place.", do=wanted)
        network = self.network
        if job is not None:
            place = self._training.job(job).network
            for interface in place.interfaces:
                network = network.with_interface(interface)
            source = place.place(job, 0).source
        elif subnet is not None:
            network, host = self._state().with_host(subnet)
            source = InterfaceSource(host.id)
        elif session is not None:
            source = session.place.source
        else:
            source, network = in_data_centre(self.on_premises()).source, self.network
        from lab_env.network import trace

        found = trace(network, Flow(source, DESTINATIONS.get(to, to), "tcp", port))
        self._last_trace, self._traced_in = found, network
        return TraceView(found, network)

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

        def api(service: str, region: str) -> Describe:
            return partial(self._cloud.describe, service, region=region)

        return audit_firm(api, self.network, self._sites(), prefixes, framework)

    def costs(self, gigabytes: int = 1000) -> Table:
        """What a month costs of what stands now, when jobs in subnet A read that much by the way that stands.

        Args:
            gigabytes: training data read in the month, in GB.
        """
        from lab_env.costs import HOURS, Usage, month
        from lab_env.network import trace
        from lab_env.views.bill import bill_table

        network, way = self.network, None
        if subnet := self.names.find("subnet_a"):
            placed, host = self._state().with_host(subnet)
            way = trace(placed, Flow(InterfaceSource(host.id), DESTINATIONS["s3"]))
        listed = self._cloud.describe("kms", "ListKeys")["Keys"]
        keys = sum(self._plane.services().keys[key["KeyArn"]].customer_managed for key in listed)
        bill = month(network, way, Usage(gigabytes, keys=keys))
        return bill_table(bill, f"A month: {HOURS} hours, {gigabytes:,} GB of training data read")

    def options(self) -> OptionBoard:
        """The question's options side by side, each built, traced, judged and priced in a cloud of its own."""
        from lab_env.views.option_board import option_board

        self._check_open()
        return option_board()

    def wait(self, job: str, *, seconds: float = QUIET_SECONDS) -> JobProgress:
        """Wait until a training job is over, and show how it went.

        Args:
            job: the job's name.
            seconds: how long it may be silent before the wait gives up.
        """
        from lab_env.views.progress import JobProgress

        self._check_open()
        progress = JobProgress(job)
        progress.update(self._training.wait(job, seconds, progress.update))
        return progress

    def log(self, job: str) -> list[str]:
        """What a job's container has printed so far."""
        return list(self._training.job(job).log)

    def check(self, exercise: str) -> CheckResult | int:
        """How far an exercise is, judged on the cloud's state: ``not attempted``, ``not yet`` or ``done``.

        While nbgrader grades, the value is the points, a number.
        """
        from lab_env.course import Status, autograding
        from lab_env.course import exercise as find

        wanted = find(exercise)
        result = wanted.judge(self._state())
        if autograding():
            return wanted.points if result.status is Status.DONE else 0
        return result

    def catch_up(self, exercise: str) -> CheckResult:
        """Build what an exercise asks for, if it is not done, so that the chapter can go on."""
        from lab_env.course import Status
        from lab_env.course import exercise as find

        wanted = find(exercise)
        result = wanted.judge(self._state())
        if result.status is Status.DONE:
            return result
        if wanted.inside:
            groups = [self.names.training_security_group]
            with self.session_in(
                self.names.subnet_a, role=scenario.OPERATOR_ROLE, security_groups=groups
            ) as host:
                # From there only S3 is in reach; the other services are asked as ever.
                wanted.catch_up(
                    lambda service: (host if service == "s3" else boto3).client(service), self.names.find
                )
        else:
            wanted.catch_up(boto3.client, self.names.find)
        return wanted.judge(self._state())

    def _state(self) -> State:
        from lab_env.course import State

        return State(self.network, self.names.find, self._cloud.describe)

    def _sites(self) -> list[TrainingSite]:
        """Where jobs have run or were meant to: before the first one, subnet A with the training group."""
        from lab_env.compliance.model import TrainingSite

        subnet, group = self.names.find("subnet_a"), self.names.find("training_security_group")
        placed = {(subnet, (group,)): None} if subnet and group else {}
        for config in self._training.vpc_configs():
            placed |= {(name, tuple(config["SecurityGroupIds"])): None for name in config["Subnets"]}
        there = self.network.subnet
        return [TrainingSite(name, groups) for name, groups in placed if name in there]

    def _check_open(self) -> None:
        if Lab._open is not self:
            raise LabNotStarted("this lab is closed.", do="Open one with lab = Lab.start(chapter=…).")

    def _sign_in(self) -> None:
        """Make plain boto3 calls the operator's: a session of the administrators' role."""
        ask = self._cloud.describe
        keep_lab_time(self._cloud.patches, self._cloud.clock, "sts")
        role = {"RoleName": scenario.OPERATOR_ROLE}
        made = ask("iam", "CreateRole", role | {"AssumeRolePolicyDocument": OPERATOR_TRUST})["Role"]["Arn"]
        ask("iam", "PutRolePolicy", role | {"PolicyName": "administrator", "PolicyDocument": ADMINISTRATOR})
        given = ask("sts", "AssumeRole", {"RoleArn": made, "RoleSessionName": "operator"})["Credentials"]
        self._cloud.sign_in(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
