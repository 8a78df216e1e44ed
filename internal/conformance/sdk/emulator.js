// Starts an emulator of its own for the tests, and reaches its control paths.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// startEmulator runs the binary that VOLTAGE_EMULATOR names on a free port of the loopback address.
export async function startEmulator() {
  const seed = fileURLToPath(new URL('world.json', import.meta.url));
  const child = spawn(process.env.VOLTAGE_EMULATOR, ['-seed', seed, '-delay', '20ms'], { stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill()); // also where the tests end early
  const violations = [];
  createInterface({ input: child.stderr }).on('line', (line) => line.startsWith('contract:') && violations.push(line));
  const exports = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = line.match(/^export (\w+)=(.*)$/);
    exports[name] = value;
    if (name === 'VOLTAGE_ENVIRONMENT_ID') break;
  }
  if (!exports.VOLTAGE_ENVIRONMENT_ID) throw new Error('the emulator ended before it printed its exports');

  // control calls what is no part of the API. Its paths are beside /v1.
  const control = async (method, path, body) => {
    const response = await fetch(new URL(`/emulator/${path}`, exports.VOLTAGE_API_URL), { method, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`/emulator/${path}: ${text}`);
    return text && JSON.parse(text);
  };
  return {
    exports,
    violations,
    pay: (target, msats = 0) => control('POST', 'pay', { target, msats }),
    requests: (operation) => control('GET', 'requests').then((all) => all.filter((r) => r.operation === operation)),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
