"""Top floor: equipment, places, sightings, evidence, the evidence graph and the pages of a case."""
