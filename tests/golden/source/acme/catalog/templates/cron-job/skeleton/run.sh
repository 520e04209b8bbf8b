echo ${{ values.name }}
