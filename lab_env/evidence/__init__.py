"""The evidence that AWS keeps: CloudTrail, VPC flow logs and S3 access logs, made from what really was attempted."""
