"""What makes a machine think that one publication derives from another. Pure: values in, values out."""
