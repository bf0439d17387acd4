"""Studies past the memory of one machine: packs of prices, partitions of events, and the engines that run them."""
