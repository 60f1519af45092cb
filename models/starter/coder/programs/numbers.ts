import { type Program, text } from "./program.ts";

/** Programs that calculate. */
export const numberPrograms: readonly Program[] = [
  {
    name: "primes",
    done: "It prints the prime numbers up to a hundred, or to the number you give it.",
    texts: [
      text(
        "python",
        "primes.py",
        `
import sys


def is_prime(number):
    if number < 2:
        return False
    return all(number % factor for factor in range(2, int(number**0.5) + 1))


limit = int(sys.argv[1]) if len(sys.argv) > 1 else 100
print(*[number for number in range(limit + 1) if is_prime(number)])
`,
      ),
      text(
        "javascript",
        "primes.js",
        `
function isPrime(number) {
  for (let factor = 2; factor * factor <= number; factor++) {
    if (number % factor === 0) return false;
  }
  return number >= 2;
}

const limit = Number(process.argv[2] ?? 100);
const numbers = Array.from({ length: limit + 1 }, (_, number) => number);
console.log(numbers.filter(isPrime).join(" "));
`,
      ),
    ],
  },
  {
    name: "prime-factors",
    done: "It splits a number into its prime factors.",
    texts: [
      text(
        "python",
        "prime_factors.py",
        `
import sys


def prime_factors(number):
    factors = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        divisor += 1
    return factors + [number] if number > 1 else factors


print(*prime_factors(int(sys.argv[1])), sep=" x ")
`,
      ),
    ],
  },
  {
    name: "factorial",
    done: "It works out the factorial of a number.",
    texts: [
      text(
        "python",
        "factorial.py",
        `
import sys


def factorial(number):
    result = 1
    for factor in range(2, number + 1):
        result *= factor
    return result


print(factorial(int(sys.argv[1])))
`,
      ),
      text(
        "javascript",
        "factorial.js",
        `
function factorial(number) {
  return number <= 1n ? 1n : number * factorial(number - 1n);
}

console.log(String(factorial(BigInt(process.argv[2]))));
`,
      ),
    ],
  },
  {
    name: "gcd",
    done: "It finds the greatest common divisor of two numbers.",
    texts: [
      text(
        "python",
        "gcd.py",
        `
import sys


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


print(gcd(int(sys.argv[1]), int(sys.argv[2])))
`,
      ),
      text(
        "javascript",
        "gcd.js",
        `
function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b);
}

console.log(gcd(Number(process.argv[2]), Number(process.argv[3])));
`,
      ),
    ],
  },
  {
    name: "average",
    done: "It works out the average of the numbers that you give it.",
    texts: [
      text(
        "python",
        "average.py",
        `
import sys

numbers = [float(word) for word in sys.argv[1:]]
if numbers:
    print("average:", sum(numbers) / len(numbers))
else:
    print("Give me some numbers.")
`,
      ),
      text(
        "javascript",
        "average.js",
        `
const numbers = process.argv.slice(2).map(Number);
const sum = numbers.reduce((total, number) => total + number, 0);
console.log(numbers.length > 0 ? "average: " + sum / numbers.length : "Give me some numbers.");
`,
      ),
    ],
  },
];
