"""Cards and banners over the pianoroll."""
