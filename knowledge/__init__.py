"""What 镇问 knows: the official form, the words for it, the places, and the store of facts."""
