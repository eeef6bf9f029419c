/** The name, drawn as one line of tubing; its i is dotted with a play sign. */
export function Wordmark() {
  return (
    <svg className="wordmark" viewBox="0 0 104 28" role="img" aria-label="FlixTube">
      <g fill="none" stroke="currentColor" strokeWidth="3.3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M11.6 3.6h-.9a4.4 4.4 0 0 0-4.4 4.4v16M2.2 11.2h8.6" />
        <path d="M17.4 3.4V24" />
        <path d="M24.2 12V24" />
        <path d="m30.4 11.6 9.4 12.4m0-12.4L30.4 24" />
        <path d="M46.6 5.4v14.2a4.4 4.4 0 0 0 4.4 4.4h.6M42.8 11.2h8.6" />
        <path d="M57 11.6v6.9a5.3 5.3 0 0 0 10.6 0v-6.9M67.6 18.5V24" />
        <path d="M74 3.4V24m0-6.2a6.1 6.1 0 1 1 12.2 0 6.1 6.1 0 0 1-12.2 0Z" />
        <path d="M91 17.4h10.8a5.5 6.1 0 1 0-1.5 4.6" />
      </g>
      <path className="brand-accent" d="M22.4 2.2v6.4l5.4-3.2Z" strokeWidth="1.6" strokeLinejoin="round" />
    </svg>
  );
}

/** The sign alone, where there is no room for the name. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" role="img" aria-label="FlixTube">
      <rect className="brand-plate" width="32" height="32" rx="9" />
      <g className="brand-line" fill="none" strokeWidth="3.6" strokeLinecap="round" strokeLinejoin="round">
        <path d="M19.6 6.8h-1.4a5.2 5.2 0 0 0-5.2 5.2v13.2" />
      </g>
      <path className="brand-play" d="M17.2 13.6v7.6l6.6-3.8Z" strokeWidth="2" strokeLinejoin="round" />
    </svg>
  );
}
