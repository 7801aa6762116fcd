module seatwise/tools/terraform

go 1.23.3

require github.com/hashicorp/terraform v1.11.4

// Not published as modules: Terraform replaces them by folders of its repository, and so do we, by stand-ins.
replace (
	github.com/hashicorp/terraform/internal/backend/remote-state/azure => ./left-out/azure
	github.com/hashicorp/terraform/internal/backend/remote-state/consul => ./left-out/consul
	github.com/hashicorp/terraform/internal/backend/remote-state/cos => ./left-out/cos
	github.com/hashicorp/terraform/internal/backend/remote-state/gcs => ./left-out/gcs
	github.com/hashicorp/terraform/internal/backend/remote-state/kubernetes => ./left-out/kubernetes
	github.com/hashicorp/terraform/internal/backend/remote-state/oss => ./left-out/oss
	github.com/hashicorp/terraform/internal/backend/remote-state/pg => ./left-out/pg
	github.com/hashicorp/terraform/internal/backend/remote-state/s3 => ./left-out/s3
	github.com/hashicorp/terraform/internal/legacy => ./left-out/legacy
)
