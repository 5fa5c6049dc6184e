//! Each check with a hit and its near miss.
