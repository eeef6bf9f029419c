import type { Video } from '@flixtube/contracts/http/video';
import { useCaptionRevisions } from './caption-revisions.ts';

interface Props {
  video: Video;
  /** Languages of captions that came with what is played, and are not to stand there twice. */
  inBand: readonly string[];
}

/** What stands beside the picture: captions, chapters, and the pictures of the timeline. */
export function TextTracks({ video, inBand }: Props) {
  const { captions, chapters, storyboard } = video.links;
  const revisions = useCaptionRevisions(video.id);
  const beside = captions.filter(({ language }) => !inBand.includes(language));
  return (
    <>
      {beside.map(({ language, label, url }) => (
        // A track whose address stays is not read again, so that one takes its place.
        <track key={`${language} ${revisions[language]}`} kind="captions" srcLang={language} label={label} src={url} />
      ))}
      {chapters && <track kind="chapters" default src={chapters} />}
      {storyboard && (
        // media-chrome finds the pictures for its timeline by this label.
        <track id="storyboard" kind="metadata" label="thumbnails" default src={storyboard} />
      )}
    </>
  );
}
