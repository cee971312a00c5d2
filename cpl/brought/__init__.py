"""What `cpl.bringing` needs: what the file shows, what the register holds, what differs, what is written."""
