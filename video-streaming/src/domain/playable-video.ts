/** What it takes to play a video: who may, and where its bytes are. */
export interface PlayableVideo {
  id: string;
  ownerId: string;
  visibility: 'public' | 'unlisted' | 'private';
  source: { key: string; contentType: string; sizeBytes: number; sha256: string };
  /** Where video-storage keeps what its HLS playlists are made from; null until something can be played. */
  manifest: string | null;
  poster: { key: string; contentType: string } | null;
  storyboard: { vtt: string; sprites: string[] } | null;
  /** Text tracks, by language: its owner's and its file's. */
  captions: { language: string; label: string; key: string }[];
  /** Its chapters, as WebVTT; null when it has none. */
  chapters: string | null;
}

/** Where videos are known: metadata. */
export interface VideoCatalogue {
  /**
   * The video, or undefined when there is none with this id (any more).
   * @throws DomainError 'unavailable', 'timeout' or 'bad-neighbour' when that cannot be found out now
   */
  find(videoId: string): Promise<PlayableVideo | undefined>;
}
