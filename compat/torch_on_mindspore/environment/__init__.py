"""The rest of torch that a program touches: devices that are not there, switches, compilation, tools."""
