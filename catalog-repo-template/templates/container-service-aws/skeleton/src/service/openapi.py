"""Print the description for the catalog: `python -m service.openapi > openapi.json`."""

import json

from service.app import create_app

if __name__ == "__main__":
    print(json.dumps(create_app().openapi(), indent=2, ensure_ascii=False))
