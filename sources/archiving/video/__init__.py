"""The ``media`` method: video and sound as hosts serve them, found by yt-dlp in a confined child process."""
