"""The simulated Omie and Máxima: started as a process, and what their control interface says."""

import contextlib
import json
import time
import urllib.request

import servers

SECRET = {
    "omie": {"app_key": "1000000000001", "app_secret": "segredo-omie-simulado"},
    "maxima": {"login": "login+simulado/==", "password": "senha+maxima/simulada=="},
    "webhook": "segredo-do-webhook-de-teste",
}
RESOURCES = (
    "Cidades",
    "Filiais",
    "Atividades",
    "Cobrancas",
    "PlanosPagamentos",
    "Banco",
    "Usuaris",
    "Regioes",
    "Pracas",
    "Clientes",
    "Fornecedores",
    "Transportadoras",
    "Departamentos",
    "Secoes",
    "Produtos",
    "ProdutosFiliais",
    "Tributos",
    "Estoques",
    "TabelasPrecos",
    "PrestacoesTitulos",
    "HistoricosPedidosCapas",
    "HistoricosPedidosItens",
)
REGISTRIES = (
    "Empresas",
    "Cidades",
    "Atividades",
    "Bancos",
    "MeiosPagamento",
    "FormasPagamento",
    "Vendedores",
    "TabelasPreco",
    "Clientes",
    "Familias",
    "Produtos",
    "ProdutosFornecedores",
    "LocaisEstoque",
    "PosicoesEstoque",
    "ItensTabela",
    "Titulos",
    "TitulosExcluidos",
    "Pedidos",
)


def call(url: str, body=None):
    """GET, or POST with a JSON body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


class Partners:
    """Both simulators, by their addresses."""

    def __init__(self, omie: str, maxima: str):
        self.omie, self.maxima = omie.rstrip("/"), maxima.rstrip("/")

    def fault(self, method: str, fault, count: int) -> None:
        """The next `count` calls of a method of Omie meet a fault (tests/simulators/src/faults.rs)."""
        call(f"{self.omie}/_sim/faults", {"method": method, "fault": fault, "count": count})

    def empty(self, registry: str, field: str) -> None:
        """Takes a field away from the registry's first record."""
        first = call(f"{self.omie}/_sim/rows/{registry}")[0]
        identity = next(str(first[key]) for key in ("codigo_empresa", "codigo") if key in first)
        call(f"{self.omie}/_sim/edit", {"registry": registry, "id": identity, "field": field, "value": ""})

    def sell(self, kind: str, seed: int) -> str:
        """A seller places an order (tests/simulators/src/maxima/sellers): its code in the cloud."""
        return str(call(f"{self.maxima}/_sim/order", {"kind": kind, "seed": seed})["id_pedido"])

    def sold(self, order: str) -> dict:
        """The order as its seller sees it."""
        return call(f"{self.maxima}/_sim/order/{order}")

    def ordered(self, order: str) -> list:
        """The orders of Omie under this code: one or none, or something is very wrong."""
        rows = call(f"{self.omie}/_sim/rows/Pedidos")
        return [row for row in rows if str(row["cabecalho"].get("codigo_pedido_integracao")) == order]

    def put_in_stage(self, order: str, stage: str) -> None:
        """A person works on the order in Omie."""
        call(f"{self.omie}/_sim/order", {"order": order, "do": "stage", "stage": stage})

    def forbidden(self) -> list:
        """What was done to orders and customers that Máxima's contract forbids."""
        return call(f"{self.maxima}/_sim/violations")

    def fix_branch(self) -> None:
        call(f"{self.omie}/_sim/fix-branch", {})

    def calls(self, method: str) -> int:
        """How often Omie was asked."""
        return call(f"{self.omie}/_sim/state")["methods"].get(method, {}).get("calls", 0)

    def refusals(self) -> dict:
        """What Omie refused that no test asked for, by method. A listing without rows is an answer, which Omie gives as
        a fault (a price table without prices)."""
        methods = call(f"{self.omie}/_sim/state")["methods"]
        expected = ("injected_", "empty")
        kinds = {
            method: {kind: n for kind, n in verdict["faults"].items() if not kind.startswith(expected)}
            for method, verdict in methods.items()
        }
        return {method: faults for method, faults in kinds.items() if faults}

    def stored(self) -> dict:
        """What Máxima holds, by resource."""
        return {resource: self._rows(resource) for resource in RESOURCES}

    def take_over(self, other: "Partners") -> None:
        """Gives our Omie the records of the other: those of a data set are dated around its start."""
        for registry in REGISTRIES:
            for record in call(f"{other.omie}/_sim/rows/{registry}"):
                call(f"{self.omie}/_sim/add", {"registry": registry, "record": record})

    def _rows(self, resource: str) -> list:
        rows = call(f"{self.maxima}/_sim/rows/{resource}")
        return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def clock(speed: float) -> str:
    """A virtual clock that starts now, as processes share it: `<virtual ms>:<real ms>:<speed>`."""
    now = int(time.time() * 1000)
    return f"{now}:{now}:{speed:g}"


@contextlib.contextmanager
def partners(scale: str, preset: str = "small"):
    """Starts both simulators on free ports."""
    omie, maxima = servers.free_port(), servers.free_port()
    command = [servers.ROOT / "target/debug/simulators", "--preset", preset, "--clock", scale]
    command += ["--omie-port", omie, "--maxima-port", maxima]
    with servers.running("simulators", command, f"http://127.0.0.1:{omie}/_sim/state"):
        yield Partners(f"http://127.0.0.1:{omie}", f"http://127.0.0.1:{maxima}")
