import { toggleCaptions } from './captions.ts';
import { chapterFrom, chaptersIn } from './chapters.ts';
import { type Command, nextSpeed } from './keys.ts';

/** Does what a key asked for, and answers what to show for it; nothing when there is nothing to show. */
export function carryOut(command: Command, video: HTMLVideoElement, frame: HTMLElement): string | undefined {
  switch (command.do) {
    case 'toggle-play':
      return togglePlay(video);
    case 'seek-by':
      seek(video, video.currentTime + command.seconds);
      return `${command.seconds > 0 ? '+' : '−'}${Math.abs(command.seconds)} s`;
    case 'seek-to':
      seek(video, video.duration * command.share);
      return `${Math.round(command.share * 100)} %`;
    case 'volume-by':
      return changeVolume(video, command.share);
    case 'toggle-mute':
      video.muted = !video.muted;
      return video.muted ? 'Sound off' : 'Sound on';
    case 'speed':
      video.playbackRate = nextSpeed(video.playbackRate, command.step);
      // At once: what is being loaded begins at the default.
      video.defaultPlaybackRate = video.playbackRate;
      return `${video.playbackRate}× speed`;
    case 'toggle-fullscreen':
      toggleFullscreen(frame);
      return;
    case 'toggle-captions':
      return toggleCaptions(video);
    case 'toggle-pip':
      togglePictureInPicture(video);
      return;
    case 'frame':
      return stepFrame(video, command.step);
    case 'chapter':
      return stepChapter(video, command.step);
    case 'search':
      document.getElementById('search')?.focus();
      return;
    case 'help':
    case 'toggle-theatre':
    case 'next':
      // The page does these.
      return;
  }
}

/** Pauses what plays on this page. */
export function pausePlayback(): void {
  document.querySelector<HTMLVideoElement>('.player video')?.pause();
}

function togglePlay(video: HTMLVideoElement): string {
  if (!video.paused) {
    video.pause();
    return 'Pause';
  }
  video.play().catch(() => {
    // What keeps it from playing is shown over the picture.
  });
  return 'Play';
}

function seek(video: HTMLVideoElement, position: number): void {
  if (Number.isFinite(video.duration)) video.currentTime = Math.min(Math.max(0, position), video.duration);
}

function stepChapter(video: HTMLVideoElement, step: 1 | -1): string {
  const chapters = chaptersIn(video);
  if (chapters.length === 0) return 'No chapters';
  const chapter = chapterFrom(chapters, video.currentTime, step);
  if (!chapter) return 'Last chapter';
  seek(video, chapter.start);
  return chapter.title;
}

function changeVolume(video: HTMLVideoElement, share: number): string {
  const volume = Math.min(1, Math.max(0, (video.muted ? 0 : video.volume) + share));
  video.volume = volume;
  video.muted = volume === 0;
  return `Volume ${Math.round(volume * 100)} %`;
}

function toggleFullscreen(frame: HTMLElement): void {
  const change = document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen();
  change.catch(() => {
    // The browser, or the page that we are embedded in, does not allow it.
  });
}

function togglePictureInPicture(video: HTMLVideoElement): void {
  if (!document.pictureInPictureEnabled) return;
  const change = document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture();
  change.catch(() => {
    // The browser does not allow it, or the video has no picture.
  });
}

/** How long a picture is taken to last, in seconds: the element does not tell, and most videos have 24 to 30. */
const pictureTime = 1 / 30;

function stepFrame(video: HTMLVideoElement, step: 1 | -1): string | undefined {
  if (!video.paused) return;
  seek(video, video.currentTime + step * pictureTime);
  return step > 0 ? 'Next picture' : 'Previous picture';
}
