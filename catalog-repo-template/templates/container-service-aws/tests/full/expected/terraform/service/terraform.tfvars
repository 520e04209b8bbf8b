port   = 9000
cpu    = 4096
memory = 8192

min_tasks = 3
max_tasks = 12

vpc_id             = "vpc-0a1b2c3d"
public_subnet_ids  = ["subnet-0a1b2c31", "subnet-0a1b2c32", "subnet-0a1b2c33"]
private_subnet_ids = ["subnet-0a1b2c34", "subnet-0a1b2c35", "subnet-0a1b2c36"]

domain            = "tariffs.api.acme-labs.example"
hosted_zone_id    = "Z0123456789ABCDEFGHIJ"
access_log_bucket = "acme-labs-access-logs"
web_acl_arn       = "arn:aws:wafv2:us-east-1:210987654321:regional/webacl/public/11111111-2222-3333-4444-555555555555"
