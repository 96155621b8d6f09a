showReport(() => {}, []);
