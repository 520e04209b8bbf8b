"""Definitions of APIs (OpenAPI, AsyncAPI, GraphQL, gRPC) become one value that a page can show. Pure."""
