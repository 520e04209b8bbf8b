port   = ${{ values.port }}
{%- if values.size == 'large' %}
cpu    = 4096
memory = 8192
{%- elif values.size == 'medium' %}
cpu    = 1024
memory = 2048
{%- else %}
cpu    = 256
memory = 512
{%- endif %}

min_tasks = ${{ values.minTasks }}
max_tasks = ${{ values.maxTasks }}

vpc_id             = "${{ values.vpc }}"
public_subnet_ids  = ["${{ values.publicSubnets | join('", "') }}"]
private_subnet_ids = ["${{ values.privateSubnets | join('", "') }}"]

domain            = "${{ values.domain }}"
hosted_zone_id    = "${{ values.hostedZone }}"
access_log_bucket = "${{ values.logBucket }}"
{%- if values.webAcl %}
web_acl_arn       = "${{ values.webAcl }}"
{%- endif %}
