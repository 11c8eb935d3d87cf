"""A run that dies or hangs leaves a bench that its guard makes safe, and nobody runs before somebody has looked."""

from faults.bed import until


def test_killed_at_work(rig):
    run = rig.run()
    run.wait_for("pressurise")
    until(lambda: rig.unsafe().get("fill_valve"), 30.0, "gas flows in")
    run.process.kill()
    rig.safe_within()
    report = run.document("guard.json")
    assert report["safe"]
    assert report["process_ended"]
    assert all(step["failure"] == "" for step in report["steps"])

    refused = rig.run()
    assert refused.end() == 50
    assert "leakbench ack" in refused.said()
    assert refused.folder is None
    assert rig.ask("ack", "--name", "", "--reason", "seen").returncode == 70
    assert rig.acknowledge() == 0
    again = rig.run()
    again.wait_for("pump_down")
    assert rig.ask("stop").returncode == 0
    assert again.end() == 40
    assert not rig.unsafe()
