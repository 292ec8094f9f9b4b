"""A schedule of the deployed stack really fires. In the last file (hence its name), so that its minute has passed while
other tests ran."""

import servers


def test_a_schedule_runs_its_job(loaded, simulated, banks_read_by_the_load):
    def fired():
        return simulated.calls("ListarBancos") > banks_read_by_the_load

    servers.wait_for(fired, "the schedule of sync-bancos, every minute", 150, every=1)
