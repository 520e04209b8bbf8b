module github.com/acme/geo

go 1.23
