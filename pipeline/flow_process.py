"""The process of a flow run: Prefect's engine. A worker starts it as `python -m pipeline.flow_process`.

The warm processes that a flow starts import what this module imports, as Python's `spawn` does with the main
module. That is nothing here, and would be all of Prefect in `python -m prefect.engine`.
"""

if __name__ == "__main__":
    import runpy

    runpy.run_module("prefect.engine", run_name="__main__")
