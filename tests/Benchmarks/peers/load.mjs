// The same load on each peer: so many clients, each starting its next workflow when the last has ended, for so long.
export async function load(runOne, { clients, seconds, warmUp }) {
  await drive(runOne, clients, warmUp);
  const { times, elapsed } = await drive(runOne, clients, seconds);
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  console.log(JSON.stringify({ perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99), count: times.length }));
}

async function drive(runOne, clients, seconds) {
  const times = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  let number = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < until) {
      const began = performance.now();
      const sum = await runOne(number++);
      if (sum !== 6) throw new Error(`A workflow of three steps came to ${sum}.`);
      times.push(performance.now() - began);
    }
  }));
  return { times, elapsed: (performance.now() - started) / 1000 };
}
