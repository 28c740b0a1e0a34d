function(advice, machine, params) { 'notebooks/start.ipynb': import 'lib/notebook.libsonnet' }
