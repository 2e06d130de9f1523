"""What EC2 describes, kind by kind: frozen values that `lab_env.network.model` puts together."""
