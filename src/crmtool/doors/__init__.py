"""What every door needs: what people type, read; what they are shown, safe; what went wrong, in words."""
