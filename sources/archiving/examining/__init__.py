"""Reading what strangers made, in processes that can do no harm: particulars, thumbnails, how pictures look."""
