"""From a file to a draft Individueel Zorgplan: intake, plan, documents, flows and command line."""
