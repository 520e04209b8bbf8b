PORT = ${{ values.port }}
