// A parameter of a target: see targets.libsonnet.
function(name, type, description, rest={}) { name: name, type: type, description: description } + rest
