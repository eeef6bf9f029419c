import type { DetailedHTMLProps, HTMLAttributes } from 'react';

type MediaElement<Attributes = object> = DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> & Attributes;

/** The elements of media-chrome that the player is made of, with those of their attributes that it sets. */
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'media-controller': MediaElement<{
        nohotkeys?: boolean;
        novolumepref?: boolean;
        nomutedpref?: boolean;
        nosubtitleslangpref?: boolean;
        fullscreenelement?: string;
        breakpoints?: string;
      }>;
      'media-control-bar': MediaElement;
      'media-time-range': MediaElement;
      'media-play-button': MediaElement<{ notooltip?: boolean }>;
      'media-mute-button': MediaElement;
      'media-volume-range': MediaElement;
      'media-time-display': MediaElement<{ showduration?: boolean; notoggle?: boolean }>;
      'media-captions-button': MediaElement;
      'media-captions-menu': MediaElement<{ anchor?: string }>;
      'media-captions-menu-button': MediaElement;
      'media-chrome-menu': MediaElement<{ anchor?: string }>;
      'media-chrome-menu-button': MediaElement<{ invoketarget?: string; notooltip?: boolean }>;
      'media-chrome-menu-item': MediaElement<{ type?: string; checked?: boolean }>;
      'media-playback-rate-menu': MediaElement<{ rates?: string; anchor?: string }>;
      'media-playback-rate-menu-button': MediaElement;
      'media-rendition-menu': MediaElement<{ anchor?: string }>;
      'media-rendition-menu-button': MediaElement;
      'media-pip-button': MediaElement;
      'media-fullscreen-button': MediaElement;
      'media-loading-indicator': MediaElement<{ noautohide?: boolean }>;
    }
  }
}
