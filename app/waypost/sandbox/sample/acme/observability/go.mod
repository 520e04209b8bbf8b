module github.com/acme/observability

go 1.23
