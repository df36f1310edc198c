package gost

// A scalar is taken apart into digits of 5 bits between -16 and 15, so that 16
// multiples and their opposites serve for all.
const (
	digitBits = 5
	halfDigit = 1 << (digitBits - 1)
)

// multiples are d * 32^i times a base, for d from 1 to 16 and every digit i of a
// scalar: the three elements of a point, or of an affine.
type multiples [][halfDigit][3]element

// digitCount is how many digits a scalar has, of as many words as the field.
func digitCount(f *field) int { return (64*f.n + 1 + digitBits - 1) / digitBits }

func (c *curve) makeMultiples() multiples {
	m := make(multiples, digitCount(c.field))
	p := c.base
	for i := range m {
		sum := p
		for d := range halfDigit {
			m[i][d] = [3]element{sum.x, sum.y, sum.z}
			c.add(&sum, &sum, &p)
		}
		last := &m[i][halfDigit-1]
		c.double(&p, &point{last[0], last[1], last[2]})
	}
	return m
}

// mulBase sets r to k times the base. It adds one multiple for every digit of k,
// the neutral element for the digit 0, and reads all multiples to choose one.
func (c *curve) mulBase(r *point, k *element) {
	if c.edwards != nil {
		e := c.edwards()
		var p extended
		e.mulBase(&p, k)
		e.leave(r, &p)
		return
	}
	sum := c.neutral()
	var carry uint64
	all := c.multiples()
	for i := range all {
		size, minus := signedDigit(k, i, &carry)
		m := c.field.pick(&all[i], size)
		var opposite element
		c.field.sub(&opposite, &element{}, &m[1])
		c.field.choose(&m[1], &opposite, &m[1], minus)
		c.add(&sum, &sum, &point{m[0], m[1], m[2]})
	}
	*r = sum
}

// signedDigit returns digit i of k without its sign, and all ones if it is negative.
// carry is what the digit before left, 0 at first.
func signedDigit(k *element, i int, carry *uint64) (size, minus uint64) {
	digit := bitsAt(k, digitBits*i) + *carry // 0 to 32
	*carry = (digit + halfDigit) >> digitBits & 1
	minus = -*carry
	return digit ^ minus&(digit^(1<<digitBits-digit)), minus
}

// bitsAt returns the digit at a bit of k, which may be past the end.
func bitsAt(k *element, bit int) uint64 {
	word, shift := bit/64, bit%64
	var d uint64
	if word < len(k) {
		d = k[word] >> shift
	}
	if word+1 < len(k) {
		d |= k[word+1] << (64 - shift)
	}
	return d & (1<<digitBits - 1)
}

// pick returns the multiple for a digit without an index that depends on it. For the
// digit 0 that is (0, 1, 0), which is neutral in both forms of a curve.
func (f *field) pick(row *[halfDigit][3]element, digit uint64) (m [3]element) {
	for i := range row {
		mask := equal(digit, uint64(i+1))
		q := &row[i]
		for j := range f.n {
			m[0][j] |= q[0][j] & mask
			m[1][j] |= q[1][j] & mask
			m[2][j] |= q[2][j] & mask
		}
	}
	f.choose(&m[1], &f.one, &m[1], equal(digit, 0))
	return m
}

// equal returns all ones if a and b are equal, else 0.
func equal(a, b uint64) uint64 {
	x := a ^ b
	return (x|-x)>>63 - 1
}
