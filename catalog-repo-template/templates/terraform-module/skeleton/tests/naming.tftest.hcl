{% if values.start == 'aws-queue' -%}
mock_provider "aws" {}

{% endif -%}
variables {
  name        = "orders"
  environment = "staging"
}

run "names_by_rule" {
  command = plan

  assert {
    condition     = output.id == "orders-staging"
    error_message = "The name is the given one and the environment."
  }

  assert {
    condition     = output.tags["Environment"] == "staging" && output.tags["Owner"] == "${{ values.team }}"
    error_message = "Every tag of the rule is there."
  }
}

run "given_tags_win" {
  command = plan

  variables {
    tags = { Owner = "somebody-else", CostCenter = "1234" }
  }

  assert {
    condition     = output.tags["Owner"] == "somebody-else" && output.tags["CostCenter"] == "1234"
    error_message = "A tag that was given wins."
  }
}

run "refuses_a_name_out_of_rule" {
  command = plan

  variables {
    name = "Orders_"
  }

  expect_failures = [var.name]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.environment]
}
