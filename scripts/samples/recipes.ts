/** A video that ffmpeg makes out of nothing. */
export interface Recipe {
  file: string;
  title: string;
  description: string;
  seconds: number;
  /** A source of pictures, as a graph of ffmpeg's lavfi. */
  pictures: string;
  /** Samples of sound from -1 to 1 at the time t, as an expression of ffmpeg's aevalsrc. */
  sound: string;
  /** Upper limit of the pictures' bit rate, in kbit/s. */
  maxRate: number;
}

// Few pixels computed and then enlarged: soft light needs no more, and two cores are done in seconds.
const curtain = (height: number, sway: string, depth: number) => `exp(-pow((Y/H-${height}-${sway})/${depth},2))`;
const aurora = [
  'color=c=black:s=120x212:r=25,format=gbrp',
  [
    `geq=r='9+14*Y/H+170*pow(max(0,sin(X/17-T*0.9+2*sin(Y/60+T*0.4))),3)*${curtain(0.42, '0.10*sin(X/23+T*0.6)', 0.2)}'`,
    `g='min(255,15+12*Y/H+250*(0.55+0.45*sin(X/5+T*1.1+sin(T+X/13)))*${curtain(0.38, '0.12*sin(X/29+T*0.7)', 0.15)})'`,
    `b='40+30*Y/H+130*${curtain(0.46, '0.10*sin(X/21-T*0.5)', 0.24)}'`,
  ].join(':'),
  'scale=720:1280:flags=bicubic',
].join(',');

const seahorses = [
  'mandelbrot=s=480x270:r=15:maxiter=400:inner=black:start_x=-0.743643887:start_y=-0.131825904' +
    ':start_scale=0.06:end_scale=0.0004:end_pts=600',
  // The green channel turns slowest with the number of iterations: one smooth scale, which gets colours of its own.
  "format=gbrp,extractplanes=g,lutyuv=y='clip((val-110)*1.75,0,255)',gblur=sigma=0.5",
  "format=yuv444p,pseudocolor=preset=inferno,hue=h='20*sin(t/6)'",
  'scale=1280:720:flags=bicubic',
].join(',');

const highLife = [
  'life=s=160x120:r=10:rule=B36/S23:seed=4:ratio=0.4:mold=14:life_color=#ffd166:death_color=#ef476f:mold_color=#0b132b',
  'scale=960:720:flags=neighbor',
].join(',');

/** A sine that swells and fades `beats` times a second. */
const swelling = (hertz: number, beats: number, loudness: number) =>
  `${loudness}*sin(2*PI*${hertz}*t)*(0.6+0.4*sin(2*PI*${beats}*t+${hertz}))`;

// Four chords of eight seconds, faded in and out, so that no step between them is heard.
const chordRoot = '110*exp(log(2)/12*(if(lt(mod(t,32),8),0,if(lt(mod(t,32),16),-4,if(lt(mod(t,32),24),3,-2)))))';
const chords = ['1', '1.4983', '2', '2.3784', '3.5636']
  .map((interval, at) => `${(0.22 / (at + 1.4)).toFixed(3)}*sin(2*PI*t*${interval}*(${chordRoot}))`)
  .join('+');

// A pentatonic scale, a note each quarter of a second, the next one taken from where a sine happens to be.
const note = 'floor(mod(abs(sin(floor(t*4)*12.9898)*43758.5453),10))';
const noteHertz = `196*exp(log(2)/12*(12*floor(${note}/5)+floor(mod(${note},5)*2.5)))`;
const plucks = `0.3*exp(-7*mod(t,0.25))*(sin(2*PI*mod(t,0.25)*(${noteHertz}))+0.3*sin(4*PI*mod(t,0.25)*(${noteHertz})))`;

/** The videos of a first start: three lengths, three shapes. */
export const recipes: Recipe[] = [
  {
    file: 'northern-lights.mp4',
    title: 'Northern lights in your pocket',
    description: 'Twelve seconds of aurora for a phone held upright. Five sines make the light, five more the hum.',
    seconds: 12,
    pictures: aurora,
    sound: [
      swelling(110, 0.25, 0.16),
      swelling(164.81, 0.31, 0.13),
      swelling(220, 0.19, 0.11),
      swelling(277.18, 0.4, 0.08),
      swelling(415.3, 0.55, 0.05),
    ].join('+'),
    maxRate: 1_500,
  },
  {
    file: 'seahorse-valley.mp4',
    title: 'Down into Seahorse Valley',
    description:
      'A dive between the head and the body of the Mandelbrot set, 150 times deeper at the end than at the beginning. The spirals never stop.',
    seconds: 40,
    pictures: seahorses,
    sound: `(${chords})*sin(PI*mod(t,8)/8)`,
    maxRate: 1_000,
  },
  {
    file: 'high-life.mp4',
    title: 'High Life: ninety seconds of a small universe',
    description:
      "A cellular automaton with one rule more than Conway's Game of Life: a dead cell also wakes when six neighbours live. Yellow lives, red has just died. Every note is chance, too.",
    seconds: 95,
    pictures: highLife,
    sound: plucks,
    maxRate: 380,
  },
];
