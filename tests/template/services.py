"""The simulated Senior X and Sismetro: started as a process, and what their control interface says."""

import contextlib

import servers
from partners import call

CREDENTIALS = {
    "senior": {
        "access_key": "chave-senior-simulada",
        "secret": "segredo/senior+simulado==",
        "client_id": "cliente-portal-simulado",
    },
    "sismetro": {"principal": {"unit": "101", "key": "0123456789abcdef0123456789abcdef"}},
}
UNIT = CREDENTIALS["sismetro"]["principal"]["unit"]


class Services:
    """Both simulators, by their addresses."""

    def __init__(self, senior: str, sismetro: str):
        self.senior, self.sismetro = senior, sismetro

    def settings(self) -> dict:
        """The settings of a tenant whose branches all take part."""
        return {
            "default_account": "principal",
            "default_branch_active": True,
            "senior": {"base_url": self.senior, "tenant_name": "acme-com-br"},
            "sismetro": {"open_url": f"{self.sismetro}/serviceOrder/open", "read_base_url": self.sismetro},
        }

    def close(self, equipment: str = "existing", seed: int = 1) -> dict:
        """Somebody closes a service order in the ERP: what the Events hub pushes."""
        wanted = {"equipment": equipment, "seed": seed, "branch": 3, "close": True}
        call(f"{self.senior}/_sim/order", wanted)
        taken = call(f"{self.senior}/_sim/deliveries/take", {})
        call(f"{self.senior}/_sim/deliveries/ack", {"id": taken["id"]})
        return taken

    def order(self, order: str) -> dict:
        """The order as the ERP has it."""
        return call(f"{self.senior}/_sim/order/{order}")

    def of_order(self, order: str) -> list:
        """The SS that were opened for it: one or none, or something is very wrong."""
        return [ss for ss in call(f"{self.sismetro}/_sim/ss") if ss["order"] == order]

    def conclude(self, ss: int) -> None:
        """The technician is done."""
        call(f"{self.sismetro}/_sim/ss/{ss}/conclude", {})

    def forbidden(self) -> list:
        """What was done that the contracts forbid."""
        return call(f"{self.senior}/_sim/violations") + call(f"{self.sismetro}/_sim/violations")


@contextlib.contextmanager
def services(scale: str):
    """Starts both simulators on free ports."""
    senior, sismetro = servers.free_port(), servers.free_port()
    command = [servers.ROOT / "target/debug/simulators", "--services", "--clock", scale]
    command += ["--senior-port", senior, "--sismetro-port", sismetro]
    with servers.running("services", command, f"http://127.0.0.1:{senior}/_sim/state"):
        yield Services(f"http://127.0.0.1:{senior}", f"http://127.0.0.1:{sismetro}")
